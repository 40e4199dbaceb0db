// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/certificate_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

namespace waggle::doctor {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::system_clock::time_point now{std::chrono::seconds{1'800'000'000}};

tls_facts facts(std::vector<chain_fault> faults = {}) {
  tls_facts made;
  made.names = {"tracker.example.org"};
  made.issuer = "R11";
  made.not_before = now - 24h * 30;
  made.not_after = now + 24h * 60;
  made.chain_length = 2;
  made.faults = std::move(faults);
  return made;
}

check judge(tls_facts const& of, bool insecure = false, bool authorities_known = true) {
  return judge_certificate(of, {.host = "tracker.example.org",
                                .now = now,
                                .insecure = insecure,
                                .authorities_known = authorities_known});
}

TEST(DoctorCertificate, AGoodOneIsDescribed) {
  auto const made = judge(facts());

  EXPECT_EQ(made.found, verdict::ok);
  EXPECT_EQ(made.text,
            "for tracker.example.org, issued by R11, valid until 2027-03-16, 60 days left");
}

TEST(DoctorCertificate, LessThanFourteenDaysAreAWarning) {
  auto soon = facts();
  soon.not_after = now + 24h * 14;
  EXPECT_EQ(judge(soon).found, verdict::ok);

  soon.not_after = now + 24h * 14 - 1s;
  EXPECT_EQ(judge(soon).found, verdict::warn);
  EXPECT_THAT(judge(soon).text, HasSubstr("13 days left"));
}

TEST(DoctorCertificate, EveryFaultIsNamed) {
  struct row {
    chain_fault fault;
    char const* words;
  };
  for (auto const& [fault, words] :
       {row{{X509_V_ERR_HOSTNAME_MISMATCH, 0}, "not for tracker.example.org"},
        {{X509_V_ERR_IP_ADDRESS_MISMATCH, 0}, "not for tracker.example.org"},
        {{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, 0}, "self-signed"},
        {{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, 1}, "not trusted here"},
        {{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0}, "R11 is not known here"},
        {{X509_V_ERR_CERT_HAS_EXPIRED, 0}, "it has expired on 2027-03-16"},
        {{X509_V_ERR_CERT_HAS_EXPIRED, 1}, "certificate of an issuer has expired"},
        {{X509_V_ERR_CERT_NOT_YET_VALID, 0}, "only from 2026-12-16"},
        {{X509_V_ERR_CERT_REVOKED, 0}, "revoked"}}) {
    auto const made = judge(facts({fault}));

    EXPECT_EQ(made.found, verdict::fail);
    EXPECT_THAT(made.text, HasSubstr(words));
  }
}

TEST(DoctorCertificate, SeveralFaultsAreAllNamedOnce) {
  auto const made = judge(facts({{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0},
                                 {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, 0},
                                 {X509_V_ERR_HOSTNAME_MISMATCH, 0}}));

  EXPECT_EQ(made.text.find("R11"), made.text.rfind("R11"));
  EXPECT_THAT(made.text, HasSubstr("; it is for tracker.example.org and not for"));
}

TEST(DoctorCertificate, AMissingChainIsSuspectedWhereOneCertificateCame) {
  auto alone = facts({{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0}});
  EXPECT_THAT(judge(alone).text, Not(HasSubstr("fullchain.pem")));

  alone.chain_length = 1;
  EXPECT_THAT(judge(alone).text, HasSubstr("fullchain.pem"));
  EXPECT_THAT(judge(alone, /*insecure=*/false, /*authorities_known=*/false).text,
              HasSubstr("no list of certificate authorities"));
}

TEST(DoctorCertificate, InsecureMakesItAWarning) {
  auto const bad = facts({{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, 0}});

  EXPECT_EQ(judge(bad, /*insecure=*/true).found, verdict::warn);
  EXPECT_THAT(judge(bad, /*insecure=*/true).text, HasSubstr("self-signed"));
}

}  // namespace
}  // namespace waggle::doctor

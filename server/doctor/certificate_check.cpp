// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/certificate_check.hpp"

#include "server/doctor/words.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>

namespace waggle::doctor {
namespace {

constexpr long renewal_days = 14;  // authorities that renew by themselves do it 30 days before
constexpr std::size_t names_shown_max = 5;

std::string joined(std::vector<std::string> const& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), names_shown_max); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > names_shown_max) {
    text += " and " + std::to_string(names.size() - names_shown_max) + " more";
  }
  return text;
}

std::string unknown_issuer(tls_facts const& facts, certificate_question const& asked) {
  if (!asked.authorities_known) {
    return "this machine has no list of certificate authorities to compare with (package "
           "ca-certificates, or --ca FILE)";
  }
  if (facts.chain_length == 1) {
    return "its issuer " + facts.issuer +
           " is not known here, and the server sends only its own certificate; if it was bought or "
           "got from a public authority, use the file with the whole chain (fullchain.pem), else "
           "name the private authority with --ca FILE";
  }
  return "its issuer " + facts.issuer +
         " is not known here; for a private authority give its file with --ca";
}

/// What is wrong, in words; empty for a fault that another one explains.
std::string words_for(chain_fault const& fault, tls_facts const& facts,
                      certificate_question const& asked) {
  auto const whose = std::string{fault.depth == 0 ? "it" : "the certificate of an issuer"};
  switch (fault.code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "it is for " + joined(facts.names) + " and not for " + asked.host;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "it is self-signed; browsers refuse it";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "it comes from an authority that is not trusted here; for a private authority give "
             "its "
             "file with --ca";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      return unknown_issuer(facts, asked);
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return {};  // follows from the unknown issuer
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + " has expired" +
             (fault.depth == 0 ? " on " + date_text(facts.not_after) : std::string{});
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + " is not valid yet" +
             (fault.depth == 0 ? ", only from " + date_text(facts.not_before) : std::string{}) +
             "; perhaps a clock is wrong";
    default:
      return whose + ": " + ::X509_verify_cert_error_string(fault.code);
  }
}

}  // namespace

check judge_certificate(tls_facts const& facts, certificate_question const& asked) {
  check made{.name = "certificate", .found = verdict::ok, .text = {}};
  for (auto const& fault : facts.faults) {
    auto const words = words_for(fault, facts, asked);
    if (words.empty() || made.text.find(words) != std::string::npos) continue;
    made.text += (made.text.empty() ? "" : "; ") + words;
  }
  if (!facts.faults.empty()) {
    made.found = asked.insecure ? verdict::warn : verdict::fail;
    made.text += asked.insecure ? " (going on, as --insecure says)" : " (--insecure goes on)";
    return made;
  }
  auto const left = asked.now < facts.not_after
                        ? std::chrono::floor<std::chrono::days>(facts.not_after - asked.now).count()
                        : 0;
  made.text = "for " + joined(facts.names) + ", issued by " + facts.issuer + ", valid until " +
              date_text(facts.not_after) + ", " + counted(static_cast<std::size_t>(left), "day") +
              " left";
  if (left < renewal_days) {
    made.found = verdict::warn;
    made.text += ": see why it is not renewed";
  }
  return made;
}

}  // namespace waggle::doctor

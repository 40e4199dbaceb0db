// SPDX-License-Identifier: Apache-2.0
// From tokens to what they are worth.
#include "server/token_office.hpp"

#include "protocol/tenant_name.hpp"
#include "server/auth/token_mint.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds opening{1'800'000'000s};
std::string const secret(32, 's');
tenant_id const acme = tenant_id_of("acme");

std::string minted(token_claims claims) {
  if (claims.expires == std::chrono::sys_seconds{}) claims.expires = opening + 10min;
  return *auth::mint(claims, *auth::signing_key_of_secret(secret).key).token;
}

token_office office(std::chrono::seconds grace = 0s, std::uint32_t connections_max = 8) {
  return {{{acme,
            {.tenant = "acme",
             .keys = auth::make_key_set({.secrets = {{"", secret}}}).keys,
             .grace = grace,
             .connections_max = connections_max}}},
          [] { return opening; }};
}

TEST(TokenOffice, GrantsWhatTheClaimsSay) {
  auto const verdict =
      office().check(minted({.id = "one",
                             .tenant = "acme",
                             .swarms = {{"live/*"}},
                             .origin_globs = {{"https://a.example"}},
                             .caps = {.connections = 2, .swarms = 3, .offers = 4}}),
                     acme);

  ASSERT_NE(verdict.granted, nullptr);
  auto const& granted = *verdict.granted;
  EXPECT_EQ(granted.tenant, acme);
  EXPECT_EQ(granted.token, auth::token_id_of("acme", "one"));
  EXPECT_TRUE(granted.swarms.covers({}, "live/x"));
  EXPECT_FALSE(granted.swarms.covers({}, "x"));
  EXPECT_TRUE(granted.origins.admits("https://a.example"));
  EXPECT_FALSE(granted.origins.admits("https://b.example"));
  EXPECT_EQ(granted.connections_max, 2U);
  EXPECT_EQ(granted.memberships_max, 3U);
  EXPECT_EQ(granted.offers_max, 4U);
}

TEST(TokenOffice, BoundsTheConnectionsOfATokenThatHasAName) {
  EXPECT_EQ(office().check(minted({.id = "one"}), acme).granted->connections_max, 8U);
  EXPECT_EQ(office().check(minted({}), acme).granted->connections_max, UINT32_MAX)
      << "one for all who open a page";
}

TEST(TokenOffice, WithAnEmptyListOfOriginsATokenIsForNoPage) {
  auto const verdict = office().check(minted({.origin_globs = {std::vector<std::string>{}}}), acme);

  ASSERT_NE(verdict.granted, nullptr);
  EXPECT_FALSE(verdict.granted->origins.admits("https://a.example"));
  EXPECT_TRUE(verdict.granted->origins.admits(""));
}

TEST(TokenOffice, SaysWhyATokenIsNoGood) {
  auto const why = [](token_claims const& claims, tenant_id tenant = acme) {
    return office().check(minted(claims), tenant).refused;
  };
  EXPECT_EQ(why({.expires = opening - 1min}), admission_reason::token_expired);
  EXPECT_EQ(why({.not_before = opening + 5min}), admission_reason::token_expired);
  EXPECT_EQ(why({.tenant = "lab"}), admission_reason::token_foreign);
  EXPECT_EQ(why({}, tenant_id_of("lab")), admission_reason::token_invalid) << "it has no keys";
  EXPECT_EQ(office().check("no.token.atall", acme).refused, admission_reason::token_invalid);
}

TEST(TokenOffice, LetsReconnectWithinTheGrace) {
  auto const expired = minted({.expires = opening - 1h});

  EXPECT_EQ(office(2h).check(expired, acme).refused, office().check({}, acme).refused);
  EXPECT_NE(office(2h).check(expired, acme).granted, nullptr);
  EXPECT_EQ(office(30min).check(expired, acme).refused, admission_reason::token_expired);
}

TEST(TokenOffice, ReadsWhoseATokenClaimsToBe) {
  EXPECT_EQ(office().claimed_tenant(minted({.tenant = "lab"})), "lab");
  EXPECT_EQ(office().claimed_tenant(minted({})), "");
  EXPECT_EQ(office().claimed_tenant("junk"), "");
}

}  // namespace
}  // namespace waggle::test

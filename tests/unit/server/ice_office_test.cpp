// SPDX-License-Identifier: Apache-2.0
// What clients are told of ICE servers.
#include "server/ice_office.hpp"

#include "server/auth/turn_credentials.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now{1'433'892'318s};

ice_office office_with(ice_plan plan, std::optional<own_stun> stun = own_stun{{}, 3479}) {
  auto const policy = std::make_shared<tenant_policy const>(tenant_policy{
      .name = "acme", .ice_servers = std::make_shared<ice_plan const>(std::move(plan))});
  return {std::make_shared<tenant_directory const>(tenant_directory::policies{policy}),
          std::move(stun), [] { return now; }};
}

TEST(TurnCredentials, AreWhatCoturnComputes) {
  // HMAC-SHA1 by another implementation (Python's).
  auto const named = auth::mint_turn_credentials("north", now + 1h, "acme");
  EXPECT_EQ(named.username, "1433895918:acme");
  EXPECT_EQ(named.credential, "EKzW2Oy0FBYqT2ZHFbJUoG8/VRQ=");
  auto const plain = auth::mint_turn_credentials("north", now + 1h, "");
  EXPECT_EQ(plain.username, "1433895918");
  EXPECT_EQ(plain.credential, "3dkl8uIBelQlraT8v9eCSJTyt+U=");
}

TEST(IceOffice, TellsOfItsOwnStunUnderTheNameThatTheClientUses) {
  auto const office = office_with({});

  EXPECT_EQ(office.offer_to(tenant_id::none, "waggle.example.org").json,
            R"([{"urls":["stun:waggle.example.org:3479"]}])");
  EXPECT_EQ(office.offer_to(tenant_id::none, "[::1]").json, R"([{"urls":["stun:[::1]:3479"]}])");
  EXPECT_EQ(office.offer_to(tenant_id::none, "waggle.example.org").ttl_s, 0U);
}

TEST(IceOffice, RepeatsNoHostThatIsNone) {
  auto const office = office_with({});
  for (auto const* host : {"", "a\"b", "a/b", "a b", "a\r\nb", "\xc3\xa4"}) {
    EXPECT_EQ(office.offer_to(tenant_id::none, host).json, "[]") << host;
  }
}

TEST(IceOffice, PrefersTheNameThatIsConfigured) {
  auto const office = office_with({}, own_stun{"stun.example.org", 5});

  EXPECT_EQ(office.offer_to(tenant_id::none, "evil").json,
            R"([{"urls":["stun:stun.example.org:5"]}])");
}

TEST(IceOffice, GivesCredentialsForTurn) {
  auto const office = office_with(
      {.stun_urls = {"stun:s"}, .turn_urls = {"turn:t"}, .turn_secret = "north", .turn_ttl = 1h},
      std::nullopt);

  auto const offer = office.offer_to(tenant_id::none, "x");

  EXPECT_EQ(offer.ttl_s, 3600U);
  EXPECT_EQ(offer.json, R"([{"urls":["stun:s"]},{"urls":["turn:t"],"username":"1433895918:acme",)"
                        R"("credential":"EKzW2Oy0FBYqT2ZHFbJUoG8/VRQ="}])");
  ASSERT_TRUE(office.turn_for(tenant_id::none));
  EXPECT_EQ(office.turn_for(tenant_id::none)->username, "1433895918:acme");
}

TEST(IceOffice, HasNothingForATenantThatIsGone) {
  auto const office = office_with({.stun_urls = {}, .turn_urls = {"turn:t"}, .turn_secret = "x"});

  EXPECT_FALSE(office.turn_for(static_cast<tenant_id>(5)));
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Which swarms a token lets its holder into.
#include "protocol/token_claims.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

token_claims with_swarms(std::vector<std::string> entries) {
  token_claims claims;
  claims.swarms = std::move(entries);
  return claims;
}

TEST(TokenClaims, WithoutAListEverySwarmIsAllowed) {
  EXPECT_TRUE(allows_swarm({}, "abc"));
  EXPECT_FALSE(allows_swarm(with_swarms({}), "abc"));
}

TEST(TokenClaims, ANameAllowsExactlyItself) {
  auto const claims = with_swarms({"abc", "live/1"});

  EXPECT_TRUE(allows_swarm(claims, "abc"));
  EXPECT_TRUE(allows_swarm(claims, "live/1"));
  for (auto const* const other : {"", "ab", "abcd", "ABC", "live/", "live/12"}) {
    EXPECT_FALSE(allows_swarm(claims, other)) << other;
  }
}

TEST(TokenClaims, APrefixAllowsWhatBeginsWithIt) {
  auto const claims = with_swarms({"live/*"});

  EXPECT_TRUE(allows_swarm(claims, "live/"));
  EXPECT_TRUE(allows_swarm(claims, "live/1"));
  for (auto const* const other : {"", "live", "alive/1", "Live/1"}) {
    EXPECT_FALSE(allows_swarm(claims, other)) << other;
  }
  EXPECT_TRUE(allows_swarm(with_swarms({"*"}), ""));
}

}  // namespace
}  // namespace waggle

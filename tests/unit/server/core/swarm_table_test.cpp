// SPDX-License-Identifier: Apache-2.0
// Limits and memory of the membership table; its rules are tested through the shard.
#include "server/core/swarm_table.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

using outcome = swarm_table::outcome;

announce_message join(std::uint32_t at, std::uint32_t who, std::uint32_t where = 1) {
  return {.from = session(at), .swarm = movie(where), .peer = peer(who), .interval = 60s};
}

membership entry(std::uint32_t at, std::uint32_t who, std::uint32_t where = 1) {
  return {.at = session(at), .swarm = movie(where), .peer = peer(who)};
}

TEST(SwarmTable, JoinPastTheLimitIsNotRememberedButRefreshIs) {
  swarm_table table({.members_max = 2}, seed);
  EXPECT_EQ(table.announce(join(1, 1), 0s).result, outcome::created);
  EXPECT_EQ(table.announce(join(2, 2), 0s).result, outcome::created);

  EXPECT_EQ(table.announce(join(3, 3), 0s).result, outcome::unremembered);
  EXPECT_EQ(table.announce(join(2, 2), 0s).result, outcome::refreshed);
  EXPECT_EQ(table.announce(join(3, 3, /*where=*/2), 0s).result, outcome::created);
  EXPECT_EQ(table.memberships(), 3U);
}

TEST(SwarmTable, TheShardHasALimitToo) {
  swarm_table table({.memberships_max = 1}, seed);
  EXPECT_EQ(table.announce(join(1, 1, 1), 0s).result, outcome::created);

  EXPECT_EQ(table.announce(join(1, 1, 2), 0s).result, outcome::unremembered);
  EXPECT_EQ(table.swarms(), 1U);
}

TEST(SwarmTable, ConnectionsWithOnePeerIdAreBounded) {
  swarm_table table({.same_peer_max = 3}, seed);
  for (std::uint32_t i = 1; i <= 3; ++i) table.announce(join(i, 1), 0s);

  auto const fourth = table.announce(join(4, 1), 0s);

  EXPECT_EQ(fourth.result, outcome::unremembered);
  EXPECT_TRUE(fourth.probes.empty()) << "a refused newcomer contests nobody";
  EXPECT_EQ(table.announce(join(4, 2), 0s).result, outcome::created);
}

TEST(SwarmTable, AnEmptySwarmIsFreedAtOnce) {
  swarm_table table({}, seed);
  table.announce(join(1, 1), 0s);
  table.announce(join(2, 2), 0s);
  EXPECT_TRUE(table.leave(entry(1, 1)));
  EXPECT_NE(table.find(movie()), nullptr);
  EXPECT_TRUE(table.leave(entry(2, 2)));

  EXPECT_EQ(table.find(movie()), nullptr);
  EXPECT_EQ(table.swarms(), 0U);
  EXPECT_FALSE(table.leave(entry(2, 2)));
}

TEST(SwarmTable, ChurnReturnsItsMemory) {
  swarm_table table({}, seed);
  for (std::uint32_t i = 0; i < 20'000; ++i) table.announce(join(i, i, i % 500), 0s);
  auto const peak = table.bytes();
  for (std::uint32_t i = 100; i < 20'000; ++i) ASSERT_TRUE(table.leave(entry(i, i, i % 500)));
  EXPECT_LT(table.bytes() * 5, peak);
  for (int round = 0; round < 20; ++round) {
    for (std::uint32_t i = 100; i < 1'100; ++i) table.announce(join(i, i, i), 0s);
    for (std::uint32_t i = 100; i < 1'100; ++i) table.leave(entry(i, i, i));
  }

  EXPECT_LT(table.bytes() * 5, peak);
  EXPECT_EQ(table.memberships(), 100U);
}

TEST(SwarmTable, AMembershipCostsAtMost150Bytes) {
  swarm_table table({}, seed);
  constexpr std::uint32_t count = 98'400;  // an index at its emptiest: it has just doubled
  for (std::uint32_t i = 0; i < count; ++i) table.announce(join(i, i), 0s);

  // A vector of slots that has just doubled costs 8 bytes a member on top.
  EXPECT_LT(static_cast<double>(table.bytes()) / count + 8, 150);
}

}  // namespace
}  // namespace waggle::test

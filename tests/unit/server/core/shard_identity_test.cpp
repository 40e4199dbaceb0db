// SPDX-License-Identifier: Apache-2.0
// One peer id over several connections: counted once, probed, nobody evicts anybody.
#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <set>

namespace waggle::test {
namespace {

std::set<std::uint32_t> receivers(std::vector<sent> const& said) {
  std::set<std::uint32_t> slots;
  for (auto const& [to, what] : only<offer_delivery>(said)) slots.insert(to.slot);
  return slots;
}

using slots = std::set<std::uint32_t>;

TEST(ShardIdentity, ASecondConnectionWithThePeerIdIsCountedOnceAndTheOlderIsProbed) {
  driven_shard test;
  test.join(1, 7);
  auto const said = test.join(2, 7);

  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0].to, session(2));
  EXPECT_EQ(std::get<reply_message>(said[0].what).counts.incomplete, 1U);
  EXPECT_EQ(said[1].to, session(1));
  EXPECT_EQ(std::get<probe_message>(said[1].what).peer, peer(7));
  EXPECT_EQ(test.state().totals().memberships, 2U);
}

TEST(ShardIdentity, OffersGoOnlyToTheNewerUntilTheOlderShowsLife) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  EXPECT_EQ(receivers(test.offer(3, 3, offer_list(5))), slots{2});

  test.alive(1, 7);

  EXPECT_EQ(test.counts().incomplete, 3U);
  EXPECT_EQ(receivers(test.offer(3, 3, offer_list(5))), (slots{1, 2}));
  EXPECT_EQ(test.state().counts().probes_survived, 1U);
}

TEST(ShardIdentity, EachOlderConnectionIsProbedOnce) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  auto const third = only<probe_message>(test.join(3, 7));

  ASSERT_EQ(third.size(), 1U) << "the first has been probed already";
  EXPECT_EQ(third[0].first, session(2));
  EXPECT_EQ(test.counts().incomplete, 1U);
}

TEST(ShardIdentity, ASurvivorIsContestedAgainByTheNextNewcomer) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  test.alive(1, 7);

  EXPECT_EQ(only<probe_message>(test.join(3, 7)).size(), 2U);
  EXPECT_EQ(test.counts().incomplete, 1U);
}

TEST(ShardIdentity, RefreshingContestsNobodyAndDoesNotEndAContest) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);

  EXPECT_TRUE(only<probe_message>(test.join(2, 7)).empty());
  EXPECT_TRUE(only<probe_message>(test.join(1, 7)).empty());
  EXPECT_EQ(receivers(test.offer(3, 3, offer_list(5))), slots{2});
}

TEST(ShardIdentity, WhenTheNewerGoesTheNewestContestedTakesItsPlace) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  test.join(3, 7);
  test.leave(3, 7);

  EXPECT_EQ(receivers(test.offer(9, 9, offer_list(5))), slots{2});
  test.stop(2, 7);
  EXPECT_EQ(receivers(test.offer(9, 9, offer_list(5))), slots{1});
  EXPECT_EQ(test.counts().incomplete, 2U);
}

TEST(ShardIdentity, WhenTheContestedGoesNothingChanges) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  test.leave(1, 7);

  EXPECT_EQ(test.counts().incomplete, 1U);
  EXPECT_EQ(receivers(test.offer(9, 9, offer_list(5))), slots{2});
}

TEST(ShardIdentity, AnotherActiveConnectionKeepsTheContestedOut) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  test.join(3, 7);
  test.alive(1, 7);
  test.leave(3, 7);

  EXPECT_EQ(receivers(test.offer(9, 9, offer_list(5))), slots{1});
}

TEST(ShardIdentity, ExpiryOfTheNewerRestoresTheOlder) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  test.now += 100s;
  test.join(1, 7);
  test.tick_at(test.now + 60s);

  EXPECT_EQ(test.counts().incomplete, 1U);
  EXPECT_EQ(receivers(test.offer(9, 9, offer_list(5))), slots{1});
}

TEST(ShardIdentity, SeedersAreCountedOnceToo) {
  driven_shard test;
  for (std::uint32_t at = 1; at <= 2; ++at) {
    test.handle(announce_message{
        .from = session(at), .swarm = movie(), .peer = peer(7), .state = completeness::complete});
  }
  EXPECT_EQ(test.counts(), (swarm_counts{.complete = 1, .incomplete = 0}));
  test.alive(1, 7);
  EXPECT_EQ(test.counts(), (swarm_counts{.complete = 2, .incomplete = 0}));
}

TEST(ShardIdentity, WhatAContestedMembershipCompletesCountsOnceItIsBack) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  test.handle(announce_message{
      .from = session(1), .swarm = movie(), .peer = peer(7), .event = announce_event::completed});
  EXPECT_EQ(test.counts(), (swarm_counts{.complete = 0, .incomplete = 1}));
  test.alive(1, 7);
  EXPECT_EQ(test.counts(), (swarm_counts{.complete = 1, .incomplete = 1}));
}

TEST(ShardIdentity, AliveFromAStrangerOrAnActiveMemberChangesNothing) {
  driven_shard test;
  test.join(1, 7);

  EXPECT_TRUE(test.alive(1, 7).empty());
  EXPECT_TRUE(test.alive(2, 7).empty());
  EXPECT_EQ(test.state().totals().memberships, 1U);
}

TEST(ShardIdentity, NoOfferReachesTheSendersOwnPeerIdOverAnotherConnection) {
  driven_shard test;
  test.join(1, 7);
  test.join(2, 7);
  test.alive(1, 7);

  EXPECT_TRUE(receivers(test.offer(2, 7, offer_list(5))).empty());
  EXPECT_EQ(test.state().counts().offers_unmatched, 5U);
}

}  // namespace
}  // namespace waggle::test

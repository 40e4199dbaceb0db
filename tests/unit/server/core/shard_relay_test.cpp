// SPDX-License-Identifier: Apache-2.0
// Offers to receivers and answers back to their senders.
#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

TEST(ShardRelay, TheReplyComesBeforeTheOffers) {
  driven_shard test;
  test.join(2, 2);
  auto const said = test.offer(1, 1, offer_list(1));

  ASSERT_EQ(said.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<reply_message>(said[0].what));
  EXPECT_TRUE(std::holds_alternative<offer_delivery>(said[1].what));
}

TEST(ShardRelay, AnOfferCarriesItsNamesAndBytes) {
  driven_shard test;
  test.join(2, 2);
  offer_list const offers(1, "name");
  auto const relayed = only<offer_delivery>(test.offer(1, 1, offers));

  ASSERT_EQ(relayed.size(), 1U);
  EXPECT_EQ(relayed[0].first, session(2));
  EXPECT_EQ(relayed[0].second.swarm, movie());
  EXPECT_EQ(relayed[0].second.from, peer(1));
  EXPECT_EQ(relayed[0].second.to, peer(2));
  EXPECT_EQ(relayed[0].second.offer_id.json, "name0");
  EXPECT_EQ(relayed[0].second.body.json, "{}");
}

TEST(ShardRelay, OffersGoOutInOrderAndTheSurplusIsCounted) {
  driven_shard test;
  for (std::uint32_t i = 2; i <= 4; ++i) test.join(i, i);
  offer_list const offers(5);
  auto const relayed = only<offer_delivery>(test.offer(1, 1, offers));

  ASSERT_EQ(relayed.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(relayed[i].second.offer_id.json, "o" + std::to_string(i));
  }
  EXPECT_EQ(test.state().counts().offers_relayed, 3U);
  EXPECT_EQ(test.state().counts().offers_unmatched, 2U);
}

TEST(ShardRelay, AnotherPeerOfTheSameConnectionReceives) {
  driven_shard test;
  test.join(1, 2);
  auto const relayed = only<offer_delivery>(test.offer(1, 1, offer_list(1)));

  ASSERT_EQ(relayed.size(), 1U);
  EXPECT_EQ(relayed[0].first, session(1));
  EXPECT_EQ(relayed[0].second.to, peer(2));
}

TEST(ShardRelay, SeedersReceiveOffersToo) {
  driven_shard test;
  test.handle(announce_message{.from = session(2),
                               .swarm = movie(),
                               .peer = peer(2),
                               .state = completeness::complete,
                               .interval = 60s});
  EXPECT_EQ(only<offer_delivery>(test.offer(1, 1, offer_list(1))).size(), 1U);
}

TEST(ShardRelay, AnOverdueMemberIsChosenOnlyWhenNobodyElseIsLeft) {
  driven_shard test;
  test.join(2, 2);
  test.now += 71s;  // past the interval and ten seconds
  test.join(3, 3);
  for (int round = 0; round < 20; ++round) {
    auto const one = only<offer_delivery>(test.offer(1, 1, offer_list(1)));
    ASSERT_EQ(one.size(), 1U);
    ASSERT_EQ(one[0].first, session(3));
  }
  EXPECT_EQ(only<offer_delivery>(test.offer(1, 1, offer_list(2))).size(), 2U);
}

TEST(ShardRelay, NobodyIsOverdueWithinTheIntervalAndTenSeconds) {
  driven_shard test;
  test.join(2, 2);
  test.now += 69s;
  test.join(3, 3);
  bool quiet_one_chosen = false;
  for (int round = 0; round < 100; ++round) {
    auto const one = only<offer_delivery>(test.offer(1, 1, offer_list(1)));
    ASSERT_EQ(one.size(), 1U);
    quiet_one_chosen = quiet_one_chosen || one[0].first == session(2);
  }
  EXPECT_TRUE(quiet_one_chosen);
}

TEST(ShardRelay, OffersWithStoppedGoNowhere) {
  driven_shard test;
  test.join(2, 2);
  offer_list const offers(1);
  auto const said = test.handle(announce_message{.from = session(1),
                                                 .swarm = movie(),
                                                 .peer = peer(1),
                                                 .event = announce_event::stopped,
                                                 .offers = offers.span()});
  EXPECT_TRUE(only<offer_delivery>(said).empty());
}

TEST(ShardRelay, AnAnswerReturnsToTheSenderOnceAndHasNoReply) {
  driven_shard test;
  test.join(2, 2);
  test.offer(1, 1, offer_list(1));

  auto const said = test.answer(2, 2, "o0", peer(1));

  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].to, session(1));
  auto const& delivery = std::get<answer_delivery>(said[0].what);
  EXPECT_EQ(delivery.from, peer(2));
  EXPECT_EQ(delivery.offer_id.json, "o0");
  EXPECT_TRUE(test.answer(2, 2, "o0", peer(1)).empty());
  EXPECT_EQ(test.state().counts().answers_relayed, 1U);
  EXPECT_EQ(test.state().counts().answers_unroutable, 1U);
}

TEST(ShardRelay, AnAnswerWithoutAnOfferGoesNowhereAndJoinsNothing) {
  driven_shard test;
  test.join(1, 1);
  EXPECT_TRUE(test.answer(2, 2, "o0", peer(1)).empty());

  EXPECT_EQ(test.state().totals().memberships, 1U);
  EXPECT_EQ(test.state().counts().answers_unroutable, 1U);
}

TEST(ShardRelay, NobodyElseCanAnswerAnOffer) {
  driven_shard test;
  test.join(2, 2);
  test.offer(1, 1, offer_list(1));

  EXPECT_TRUE(test.answer(3, 2, "o0", peer(1)).empty()) << "the same peer id, another connection";
  EXPECT_TRUE(test.answer(2, 3, "o0", peer(1)).empty()) << "another peer id";
  EXPECT_EQ(test.answer(2, 2, "o0", peer(1)).size(), 1U);
}

TEST(ShardRelay, TheRouteSurvivesTheSendersStopped) {
  driven_shard test;
  test.join(2, 2);
  test.offer(1, 1, offer_list(1));
  test.stop(1, 1);
  test.leave(2, 2);

  EXPECT_EQ(test.answer(2, 2, "o0").size(), 1U);
}

TEST(ShardRelay, AnAnswerDoesNotMakeASeederALeecher) {
  driven_shard test;
  test.handle(announce_message{.from = session(2),
                               .swarm = movie(),
                               .peer = peer(2),
                               .state = completeness::complete,
                               .interval = 60s});
  test.offer(1, 1, offer_list(1));
  test.answer(2, 2, "o0");

  EXPECT_EQ(test.counts(), (swarm_counts{.complete = 1, .incomplete = 1}));
}

TEST(ShardRelay, TwoPeersOfOneConnectionHearAnAnswerOnce) {
  driven_shard test;
  test.join(2, 2);
  offer_list const offers(1);
  // Not remembered, so that the peers of the connection do not receive each other's offer.
  for (std::uint32_t who = 10; who <= 11; ++who) {
    test.handle(announce_message{.from = session(1),
                                 .swarm = movie(),
                                 .peer = peer(who),
                                 .remember = false,
                                 .offers = offers.span()});
  }
  EXPECT_EQ(test.state().totals().routes, 2U);
  EXPECT_EQ(test.answer(2, 2, "o0").size(), 1U);
}

TEST(ShardRelay, ALateAnswerFindsNoRoute) {
  driven_shard test;
  test.join(2, 2);
  test.offer(1, 1, offer_list(1));
  test.now += 120s;

  EXPECT_TRUE(test.answer(2, 2, "o0").empty());
  test.tick();
  EXPECT_EQ(test.state().totals().routes, 0U);
}

}  // namespace
}  // namespace waggle::test

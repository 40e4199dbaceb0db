// SPDX-License-Identifier: Apache-2.0
// Membership as a session sees it: replies, counts, ageing, scrape.
#include "server/core/shard.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

namespace waggle::test {
namespace {

announce_message with_state(completeness state, announce_event event = announce_event::update) {
  return {.from = session(1),
          .swarm = movie(),
          .peer = peer(1),
          .event = event,
          .state = state,
          .interval = 60s};
}

swarm_counts counts(std::uint32_t complete, std::uint32_t incomplete) {
  return {.complete = complete, .incomplete = incomplete};
}

TEST(Shard, EveryAnnounceGetsOneReplyThatCountsTheSender) {
  driven_shard test;
  auto const first = only<reply_message>(test.join(1, 1));
  auto const second = only<reply_message>(test.join(2, 2));

  ASSERT_EQ(first.size(), 1U);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].first, session(2));
  EXPECT_EQ(second[0].second.swarm, movie());
  EXPECT_EQ(second[0].second.counts, counts(0, 2));
}

TEST(Shard, StoppedIsAnsweredWithTheCountsAfterRemoval) {
  driven_shard test;
  test.join(1, 1);
  test.join(2, 2);
  auto const reply = only<reply_message>(test.stop(1, 1));

  ASSERT_EQ(reply.size(), 1U);
  EXPECT_EQ(reply[0].second.counts, counts(0, 1));
  EXPECT_EQ(only<reply_message>(test.stop(1, 1)).size(), 1U)
      << "also when there is nothing to stop";
}

TEST(Shard, StoppedWorksOnlyFromTheOwningConnection) {
  driven_shard test;
  test.join(1, 1);
  auto const reply = only<reply_message>(test.stop(2, 1));

  ASSERT_EQ(reply.size(), 1U);
  EXPECT_EQ(test.counts(), counts(0, 1));
}

TEST(Shard, CompletenessFollowsWhatIsKnownBothWays) {
  driven_shard test;
  test.handle(with_state(completeness::unknown));
  EXPECT_EQ(test.counts(), counts(0, 1));
  test.handle(with_state(completeness::complete));
  EXPECT_EQ(test.counts(), counts(1, 0));
  test.handle(with_state(completeness::unknown));
  EXPECT_EQ(test.counts(), counts(1, 0));
  test.handle(with_state(completeness::incomplete));
  EXPECT_EQ(test.counts(), counts(0, 1));
  test.handle(with_state(completeness::incomplete, announce_event::completed));
  EXPECT_EQ(test.counts(), counts(1, 0));
  EXPECT_EQ(test.state().totals().seeders, 1U);
}

TEST(Shard, SeveralPeersOfOneConnectionAreSeveralMemberships) {
  driven_shard test;
  test.join(1, 1);
  test.join(1, 2);
  test.join(1, 3);

  EXPECT_EQ(test.counts(), counts(0, 3));
}

TEST(Shard, LeaveIsSilentAndUnknownLeavesAreHarmless) {
  driven_shard test;
  test.join(1, 1);

  EXPECT_TRUE(test.leave(1, 1).empty());
  EXPECT_TRUE(test.leave(1, 1).empty());
  EXPECT_EQ(test.state().totals(), shard_totals{});
}

TEST(Shard, ANewMembershipIsNotMadeWhereTheSessionSaysSo) {
  driven_shard test;
  test.join(2, 2);
  auto message = with_state(completeness::unknown);
  message.remember = false;
  offer_list const offers(1);
  message.offers = offers.span();

  auto const said = test.handle(message);

  EXPECT_EQ(only<reply_message>(said).size(), 1U);
  EXPECT_EQ(only<offer_delivery>(said).size(), 1U);
  EXPECT_EQ(test.counts(), counts(0, 1));
  EXPECT_EQ(test.state().counts().memberships_refused, 1U);
}

TEST(Shard, AnExistingMembershipIsRefreshedEvenIfNothingNewIsRemembered) {
  driven_shard test;
  test.join(1, 1);
  auto message = with_state(completeness::unknown);
  message.remember = false;
  test.now += 100s;
  test.handle(message);

  EXPECT_TRUE(test.tick_at(test.now + 149s).empty());
  EXPECT_EQ(test.counts(), counts(0, 1));
}

TEST(Shard, PastTheSwarmLimitTheAnnounceIsServedButNotRemembered) {
  driven_shard test({.swarms = {.members_max = 1}});
  test.join(2, 2);

  auto const said = test.offer(1, 1, offer_list(1));

  EXPECT_EQ(only<reply_message>(said).size(), 1U);
  EXPECT_EQ(only<offer_delivery>(said).size(), 1U);
  EXPECT_EQ(test.state().totals().peers, 1U);
}

TEST(Shard, AMembershipEndsAfterItsSilence) {
  driven_shard test;
  auto const start = test.now;
  test.join(1, 1);  // told 60 s: 150 s
  auto message = with_state(completeness::unknown);
  message.from = session(2);
  message.passive = true;  // 300 s
  message.peer = peer(2);
  test.handle(message);
  message.from = session(3);
  message.peer = peer(3);
  message.interval = 200s;  // 500 s
  test.handle(message);

  EXPECT_TRUE(test.tick_at(start + 149s).empty());
  auto const first = only<expiry_message>(test.tick_at(start + 150s));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].first, session(1));
  EXPECT_EQ(first[0].second.peer, peer(1));
  EXPECT_TRUE(test.tick_at(start + 299s).empty());
  EXPECT_EQ(only<expiry_message>(test.tick_at(start + 300s)).size(), 1U);
  EXPECT_TRUE(test.tick_at(start + 499s).empty());
  EXPECT_EQ(only<expiry_message>(test.tick_at(start + 500s)).size(), 1U);
  EXPECT_EQ(test.state().totals(), shard_totals{});
  EXPECT_EQ(test.state().counts().memberships_expired, 3U);
}

TEST(Shard, AnActiveAnnounceShortensThePassiveTime) {
  driven_shard test;
  auto message = with_state(completeness::unknown);
  message.passive = true;
  test.handle(message);
  message.passive = false;
  test.handle(message);

  EXPECT_EQ(only<expiry_message>(test.tick_at(test.now + 150s)).size(), 1U);
}

TEST(Shard, ATickDoesBoundedWorkAndTellsWhetherThereIsMore) {
  driven_shard test({.expiry_steps_max = 100});
  for (std::uint32_t i = 1; i <= 5000; ++i) test.join(i, i);
  offer_list const offers(10);
  for (std::uint32_t i = 1; i <= 300; ++i) test.offer(i, i, offers);
  EXPECT_GT(test.state().totals().routes, 2500U) << "some receivers got the same offer id thrice";
  test.now += 200s;

  std::set<std::uint32_t> expired;
  bool more = true;
  for (int calls = 0; more; ++calls) {
    ASSERT_LT(calls, 5000 / 100 + 800 / 100 + 2) << "steps of 250 ms that nobody is due at count";
    auto const before = test.state().totals();
    auto [said, again] = test.tick_once();
    auto const gone = only<expiry_message>(said);
    EXPECT_LE(gone.size(), 100U);
    EXPECT_LE(before.routes - test.state().totals().routes, 100U);
    for (auto const& [to, what] : gone) {
      EXPECT_EQ(what.peer, peer(to.slot));
      EXPECT_TRUE(expired.insert(to.slot).second) << "twice";
    }
    more = again;
  }

  EXPECT_EQ(expired.size(), 5000U);
  EXPECT_EQ(test.state().totals(), shard_totals{});
  EXPECT_FALSE(test.tick_once().second);
}

TEST(Shard, RoutesAreForgottenInSharesToo) {
  driven_shard test({.expiry_steps_max = 1000});
  for (std::uint32_t i = 1; i <= 300; ++i) test.join(i, i);
  offer_list const offers(10);
  for (std::uint32_t i = 1; i <= 300; ++i) test.offer(i, i, offers);
  ASSERT_GT(test.state().totals().routes, 2500U);
  test.now += 121s;  // of the 150 s of a member

  while (test.tick_once().second) {
  }

  EXPECT_EQ(test.state().totals().routes, 0U);
  EXPECT_EQ(test.state().totals().memberships, 300U);
}

TEST(Shard, WhoAnnouncesWhileOthersExpireStays) {
  driven_shard test({.expiry_steps_max = 10});
  for (std::uint32_t i = 1; i <= 500; ++i) test.join(i, i);
  test.now += 200s;
  while (test.tick_once().first.empty()) {
  }
  std::vector<std::uint32_t> back;
  for (std::uint32_t i = 1; i <= 500; i += 50) {
    test.join(i, i);  // in time, or anew: its expiry has not come up, or is over
    back.push_back(i);
  }

  auto const gone = only<expiry_message>(test.tick());

  for (auto const& [to, what] : gone) EXPECT_EQ(std::ranges::count(back, to.slot), 0);
  EXPECT_EQ(test.state().totals().memberships, back.size());
}

TEST(Shard, ScrapeCountsEachRequestedSwarmAndZeroForTheUnknown) {
  driven_shard test;
  test.join(1, 1);
  std::vector<swarm_id> const wanted{movie(9), movie(1)};

  auto const said = only<scrape_result>(
      test.handle(scrape_message{.from = session(5), .request = 77, .swarms = wanted}));

  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].first, session(5));
  EXPECT_EQ(said[0].second.request, 77U);
  EXPECT_EQ(test.state().totals().swarms, 1U);
}

TEST(Shard, ScrapeEntriesAreInTheOrderAsked) {
  shard subject({}, seed, 1);
  outbox out;
  subject.handle(announce_message{.from = session(1), .swarm = movie(1), .peer = peer(1)}, 0s, out);
  out.clear();
  std::vector<swarm_id> const wanted{movie(9), movie(1)};
  subject.handle(scrape_message{.swarms = wanted}, 0s, out);

  ASSERT_EQ(out.entries().size(), 1U);
  auto const entries = std::get<scrape_result>(out.entries()[0].what).entries;
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].swarm, movie(9));
  EXPECT_EQ(entries[0].counts, counts(0, 0));
  EXPECT_EQ(entries[1].counts, counts(0, 1));
}

TEST(Shard, ScrapeOfAllIsBounded) {
  shard subject({.scrape_all_max = 3}, seed, 1);
  outbox out;
  for (std::uint32_t i = 0; i < 5; ++i) {
    subject.handle(announce_message{.from = session(1), .swarm = movie(i), .peer = peer(1)}, 0s,
                   out);
  }
  out.clear();
  subject.handle(scrape_message{.all = true}, 0s, out);

  ASSERT_EQ(out.entries().size(), 1U);
  EXPECT_EQ(std::get<scrape_result>(out.entries()[0].what).entries.size(), 3U);
}

TEST(Shard, AnEmptyScrapeStillGetsItsResult) {
  driven_shard test;
  EXPECT_EQ(only<scrape_result>(test.handle(scrape_message{.all = true})).size(), 1U);
  EXPECT_EQ(only<scrape_result>(test.handle(scrape_message{})).size(), 1U);
}

}  // namespace
}  // namespace waggle::test

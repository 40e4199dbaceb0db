// SPDX-License-Identifier: Apache-2.0
// What a swarm remembers for operators.
#include "server/core/shard.hpp"
#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

announce_message announce(std::uint32_t who, announce_event event = announce_event::started) {
  return {
      .from = session(who), .swarm = movie(), .peer = peer(who), .event = event, .interval = 60s};
}

TEST(SwarmHistory, PeakAndJoinsStayWhenMembersLeave) {
  swarm_table table({}, seed);
  auto const* const home = table.announce(announce(1), 5s).home;
  table.announce(announce(2), 6s);
  table.announce(announce(2), 7s);  // again: no join
  table.leave({.at = session(2), .swarm = movie(), .peer = peer(2)});
  table.announce(announce(3), 8s);

  EXPECT_EQ(home->history(), (swarm_history{.first_seen = coarse_now(5s), .peak = 2, .joins = 3}));
}

TEST(SwarmHistory, OfASwarmWithoutCompanyIsKnown) {
  swarm_table table({}, seed);
  auto const* const home = table.announce(announce(1), 5s).home;
  EXPECT_EQ(home->history(), (swarm_history{.first_seen = coarse_now(5s), .peak = 1, .joins = 1}));
  ASSERT_EQ(home->active().size(), 1U);
  EXPECT_EQ(table.members()[home->active()[0]].peer, peer(1));

  auto again = announce(1);  // over another connection, while the first one hangs
  again.from = session(9);
  table.announce(again, 6s);
  EXPECT_EQ(home->history(), (swarm_history{.first_seen = coarse_now(5s), .peak = 1, .joins = 2}));
  ASSERT_EQ(home->active().size(), 1U);
  EXPECT_EQ(table.members()[home->active()[0]].at, session(9));

  table.leave({.at = session(9), .swarm = movie(), .peer = peer(1)});
  ASSERT_EQ(home->active().size(), 1U);
  EXPECT_EQ(table.members()[home->active()[0]].at, session(1));
  table.announce(announce(2), 7s);
  EXPECT_EQ(home->history(), (swarm_history{.first_seen = coarse_now(5s), .peak = 2, .joins = 3}));
}

TEST(SwarmHistory, CompletedCountsAPeerThatWasNoSeeder) {
  swarm_table table({}, seed);
  auto const* const home = table.announce(announce(1), 0s).home;
  table.announce(announce(1, announce_event::completed), 1s);
  EXPECT_EQ(home->history().completed, 1U);

  table.announce(announce(1, announce_event::completed), 2s);
  EXPECT_EQ(home->history().completed, 1U) << "said twice";
  auto seeder = announce(2);
  seeder.state = completeness::complete;
  table.announce(seeder, 3s);
  table.announce(announce(2, announce_event::completed), 4s);
  EXPECT_EQ(home->history().completed, 1U) << "it came as a seeder";
  table.announce(announce(3, announce_event::completed), 5s);
  EXPECT_EQ(home->history().completed, 2U) << "its first announce here";
}

TEST(SwarmHistory, RelaysCountWhatReachedSomebody) {
  driven_shard test;
  test.join(2, 2);
  test.offer(1, 1, offer_list(3));  // one of them finds a receiver
  test.answer(2, 2, "o0");
  test.answer(2, 2, "never offered");

  auto const history = test.state().find(movie())->history();
  EXPECT_EQ(history.offers_relayed, 1U);
  EXPECT_EQ(history.answers_relayed, 1U);
}

}  // namespace
}  // namespace waggle::test

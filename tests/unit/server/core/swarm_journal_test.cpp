// SPDX-License-Identifier: Apache-2.0
// What a shard tells of its swarms, and when.
#include "server/core/shard.hpp"
#include "tests/unit/server/core/builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace waggle::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

swarm_id numbered(std::uint32_t number) {
  swarm_id id;
  for (std::size_t i = 0; i < 4; ++i) id.value[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

class SwarmJournal : public testing::Test {
 protected:
  void announce(std::uint32_t who, core_time now, announce_event event = announce_event::started,
                swarm_id const& swarm = movie()) {
    out.clear();
    subject.handle(announce_message{.from = session(who),
                                    .swarm = swarm,
                                    .peer = peer(who),
                                    .event = event,
                                    .interval = 60s},
                   now, out);
  }
  std::vector<swarm_news> taken() {
    std::vector<swarm_news> all(subject.journal().news().begin(), subject.journal().news().end());
    subject.journal().clear();
    return all;
  }
  std::vector<swarm_news> walked(core_time now) {
    subject.walk(now);
    return taken();
  }
  std::uint32_t downloaded(swarm_id const& swarm) {
    out.clear();
    std::vector<swarm_id> const wanted{swarm};
    subject.handle(scrape_message{.from = session(1), .swarms = wanted}, 360'000s, out);
    return std::get<scrape_result>(out.entries()[0].what).entries[0].downloaded;
  }

  shard subject{{}, seed, 1};
  outbox out;
};

TEST_F(SwarmJournal, TellsOfACompletionAtOnce) {
  announce(1, 10s);
  announce(2, 10s);
  EXPECT_THAT(taken(), IsEmpty());
  announce(1, 11s, announce_event::completed);
  auto const news = taken();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(news[0].swarm, movie());
  EXPECT_EQ(news[0].completed, 1U);
  EXPECT_EQ(news[0].peak, 2U);
  EXPECT_EQ(news[0].first_seen, coarse_now(10s));
  announce(1, 12s, announce_event::completed);
  EXPECT_THAT(taken(), IsEmpty()) << "said twice";
}

TEST_F(SwarmJournal, HoldsCompletionsBackUntilASecondMemberComes) {
  announce(1, 10s, announce_event::completed);
  EXPECT_THAT(walked(11s), IsEmpty());
  announce(2, 12s, announce_event::completed);
  auto const news = taken();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(news[0].completed, 2U);
  EXPECT_EQ(news[0].peak, 2U);
  announce(3, 13s, announce_event::completed);
  EXPECT_EQ(taken().at(0).completed, 1U) << "each once";
}

TEST_F(SwarmJournal, HoldsCompletionsBackUntilASwarmOfOneIsAMinuteOld) {
  announce(1, 10s, announce_event::completed);
  EXPECT_THAT(walked(69s), IsEmpty());
  auto const news = walked(70s);
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(news[0].completed, 1U);

  announce(2, 10s, announce_event::completed, numbered(2));
  subject.handle(leave_message{session(2), numbered(2), peer(2)}, 70s, out);
  EXPECT_EQ(taken().at(0).completed, 1U) << "it ends before the walk comes by";
}

TEST_F(SwarmJournal, AddsUpCompletionsOfOneTurn) {
  for (std::uint32_t who = 1; who <= 3; ++who) announce(who, 10s, announce_event::completed);
  auto const news = taken();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(news[0].completed, 3U);
  EXPECT_EQ(news[0].peak, 3U);
}

TEST_F(SwarmJournal, TellsOfASwarmOfOneOnlyAfterAMinute) {
  announce(1, 10s);
  EXPECT_THAT(walked(11s), IsEmpty());
  EXPECT_THAT(walked(69s), IsEmpty());
  EXPECT_THAT(walked(70s), SizeIs(1));
  EXPECT_THAT(walked(71s), IsEmpty()) << "it is known now";
}

TEST_F(SwarmJournal, NeverTellsOfASwarmThatOneVisitorMadeUp) {
  for (auto const said : {announce_event::started, announce_event::completed}) {
    announce(1, 10s, said);
    subject.handle(leave_message{session(1), movie(), peer(1)}, 50s, out);
    EXPECT_THAT(taken(), IsEmpty());
  }
}

TEST_F(SwarmJournal, TellsOfASwarmOfTwoWhenItComesBy) {
  announce(1, 10s);
  announce(2, 10s);
  auto const news = walked(11s);
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(news[0].completed, 0U);
  EXPECT_EQ(news[0].peak, 2U);
}

TEST_F(SwarmJournal, TellsOnceAMinuteOfAPeakThatGrows) {
  announce(1, 10s);
  announce(2, 10s);
  static_cast<void>(walked(11s));
  announce(3, 20s);
  EXPECT_THAT(walked(21s), IsEmpty());
  auto const news = walked(71s);
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(news[0].peak, 3U);
  EXPECT_THAT(walked(140s), IsEmpty()) << "it has not grown since";
}

TEST_F(SwarmJournal, TellsOfALivingSwarmEveryTenMinutes) {
  announce(1, 10s);
  announce(2, 10s);
  static_cast<void>(walked(11s));
  EXPECT_THAT(walked(610s), IsEmpty());
  EXPECT_THAT(walked(611s), SizeIs(1));
}

TEST_F(SwarmJournal, TellsOfTheEndOfASwarmThatWasWorthIt) {
  announce(1, 10s);
  announce(2, 10s);
  subject.handle(leave_message{session(1), movie(), peer(1)}, 12s, out);
  EXPECT_THAT(taken(), IsEmpty());
  subject.handle(leave_message{session(2), movie(), peer(2)}, 12s, out);
  EXPECT_THAT(taken(), SizeIs(1));
}

TEST_F(SwarmJournal, LosesAndCountsWhatNobodyTakes) {
  swarm_journal journal{{.news_max = 2}};
  swarm one(numbered(1), {});
  swarm two(numbered(2), {});
  swarm three(numbered(3), {});
  slab<member> members;
  for (auto* const each : {&one, &two, &three}) {
    for (int member = 0; member < 2; ++member) each->activate(members, members.insert({}));
  }
  for (auto* const each : {&one, &two, &three, &three}) journal.completed(*each);
  EXPECT_THAT(journal.news(), SizeIs(2));
  EXPECT_EQ(journal.lost(), 2U);
  journal.clear();
  journal.completed(three);
  EXPECT_THAT(journal.news(), SizeIs(1));
}

TEST_F(SwarmJournal, ComesByEverySwarmInARoundWithBoundedSteps) {
  constexpr std::uint32_t swarms = 30'000;  // all of them news
  for (std::uint32_t i = 0; i < swarms; ++i) {
    announce(2 * i, 10s, announce_event::started, numbered(i));
    announce(2 * i + 1, 10s, announce_event::started, numbered(i));
  }
  std::size_t told = 0;
  std::size_t most = 0;
  auto now = core_time{11s};
  for (int calls = 0; calls < 400 && told < swarms; ++calls, now += 250ms) {
    auto const news = walked(now);
    told += news.size();
    most = std::max(most, news.size());
  }
  EXPECT_EQ(told, swarms);
  EXPECT_LE(most, 200U);
  EXPECT_LE(now, 11s + 70s) << "about a minute";
}

TEST_F(SwarmJournal, FindsTheBusiestSwarms) {
  std::uint32_t who = 0;
  for (std::uint32_t i = 0; i < 60; ++i) {
    for (std::uint32_t members = 0; members <= i; ++members) {
      announce(++who, 10s, announce_event::started, numbered(i));
    }
  }
  static_cast<void>(walked(11s));
  static_cast<void>(walked(12s));
  auto const busiest = subject.busiest();
  ASSERT_THAT(busiest, SizeIs(20));
  EXPECT_EQ(busiest[0], (busy_swarm{numbered(59), 60}));
  EXPECT_EQ(busiest[19], (busy_swarm{numbered(40), 41}));
}

TEST_F(SwarmJournal, KnowsCompletionsOfSwarmsThatAreGone) {
  EXPECT_EQ(downloaded(movie()), 0U);
  announce(1, 10s, announce_event::completed);
  announce(2, 10s, announce_event::completed);
  subject.handle(leave_message{session(1), movie(), peer(1)}, 12s, out);
  subject.handle(leave_message{session(2), movie(), peer(2)}, 12s, out);
  EXPECT_EQ(downloaded(movie()), 2U);
  subject.add_completions(movie(), 40);
  EXPECT_EQ(downloaded(movie()), 42U);
}

TEST(CompletionBook, ForgetsWhatWasNotUsedLatelyWhereItIsFull) {
  completion_book book{1'000, seed};
  for (std::uint32_t i = 0; i < 1'000; ++i) book.add(numbered(i), i + 1);
  for (std::uint32_t i = 1'000; i < 1'100; ++i) {
    book.add(numbered(i), 1);
    EXPECT_EQ(book.count(numbered(7)), 8U) << "asked for all the time";
  }
  EXPECT_EQ(book.swarms(), 1'000U);
  EXPECT_EQ(book.count(numbered(1'099)), 1U);
}

TEST(CompletionBook, StopsAtItsLargestNumber) {
  completion_book book{10, seed};
  book.add(numbered(1), UINT64_MAX);
  book.add(numbered(1), 5);
  EXPECT_EQ(book.count(numbered(1)), UINT32_MAX);
}

}  // namespace
}  // namespace waggle::test

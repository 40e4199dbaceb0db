// SPDX-License-Identifier: Apache-2.0
// Deadlines: never early, at most one period late, whatever the distance and the pauses.
#include "server/runtime/timing_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace waggle::runtime {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds period{10};

std::vector<int> due_at(timing_wheel<int>& wheel, milliseconds now) {
  std::vector<int> entries;
  wheel.advance(now, [&](int entry) { entries.push_back(entry); });
  std::ranges::sort(entries);
  return entries;
}

TEST(TimingWheel, IsNeverEarly) {
  timing_wheel<int> wheel{period, 8};
  wheel.add(20ms, 20);
  wheel.add(21ms, 21);
  wheel.add(29ms, 29);
  wheel.add(30ms, 30);

  EXPECT_TRUE(due_at(wheel, 19ms).empty());
  EXPECT_EQ(due_at(wheel, 20ms), std::vector{20});
  EXPECT_TRUE(due_at(wheel, 29ms).empty());
  EXPECT_EQ(due_at(wheel, 30ms), std::vector({21, 29, 30}));
  EXPECT_TRUE(due_at(wheel, 1s).empty());
}

TEST(TimingWheel, KeepsWhatIsSeveralLapsAway) {
  timing_wheel<int> wheel{period, 8};  // a lap is 80 ms
  for (int lap = 0; lap < 5; ++lap) wheel.add(milliseconds{30 + 80 * lap}, lap);

  for (int lap = 0; lap < 5; ++lap) {
    auto const due = milliseconds{30 + 80 * lap};
    EXPECT_TRUE(due_at(wheel, due - 1ms).empty());
    EXPECT_EQ(due_at(wheel, due), std::vector{lap});
  }
}

TEST(TimingWheel, HandsOutAllThatPassedInALongPauseOnce) {
  timing_wheel<int> wheel{period, 8};
  std::vector<int> expected;
  for (int i = 0; i < 100; ++i) {
    wheel.add(milliseconds{i * 7}, i);
    expected.push_back(i);
  }
  wheel.add(20s, 1000);

  EXPECT_EQ(due_at(wheel, 10s), expected);
  EXPECT_TRUE(due_at(wheel, 19'999ms).empty());
  EXPECT_EQ(due_at(wheel, 20s), std::vector{1000});
}

TEST(TimingWheel, HandsOutWhatWasDueWhenItWasAddedWithTheNextTick) {
  timing_wheel<int> wheel{period, 8};
  static_cast<void>(due_at(wheel, 500ms));
  wheel.add(0ms, 1);
  wheel.add(500ms, 2);

  EXPECT_TRUE(due_at(wheel, 509ms).empty());
  EXPECT_EQ(due_at(wheel, 510ms), std::vector({1, 2}));
}

TEST(TimingWheel, TakesEntriesWhileItHandsOthersOut) {
  timing_wheel<int> wheel{period, 8};
  wheel.add(10ms, 0);
  std::vector<int> seen;
  auto const chain = [&](int entry) {
    seen.push_back(entry);
    for (int more = 0; more < 10; ++more) wheel.add(milliseconds{10 * more}, entry + 1);
  };

  wheel.advance(10ms, chain);
  EXPECT_EQ(seen, std::vector{0});
  seen.clear();
  wheel.advance(20ms, [&](int entry) { seen.push_back(entry); });
  EXPECT_EQ(seen, std::vector({1, 1, 1})) << "due at 0, 10 and 20 ms, and not before the next tick";
}

TEST(TimingWheel, TakesEntriesForEveryBucketDuringALongPause) {
  timing_wheel<int> wheel{period, 8};
  for (int i = 0; i < 8; ++i) wheel.add(milliseconds{10 * i}, 0);
  int early = 0;

  wheel.advance(10s, [&](int entry) {
    early += entry;
    for (int i = 1; i <= 8; ++i) wheel.add(10s + milliseconds{10 * i}, 1);
  });

  EXPECT_EQ(early, 0);
  EXPECT_EQ(due_at(wheel, 10s + 80ms).size(), 64U);
}

TEST(TimingWheel, IgnoresAClockThatStandsStillOrGoesBack) {
  timing_wheel<int> wheel{period, 8};
  static_cast<void>(due_at(wheel, 100ms));
  wheel.add(110ms, 1);

  EXPECT_TRUE(due_at(wheel, 100ms).empty());
  EXPECT_TRUE(due_at(wheel, 0ms).empty());
  EXPECT_EQ(due_at(wheel, 110ms), std::vector{1});
}

TEST(TimingWheel, LooksAtNoMoreThanAskedAndTellsWhetherThereIsMore) {
  timing_wheel<int> wheel{period, 8};
  for (int i = 0; i < 1000; ++i) wheel.add(10ms, i);
  for (int i = 0; i < 200; ++i) wheel.add(90ms, 5000);  // in the same bucket, a lap later
  std::vector<bool> seen(1000);
  int calls = 0;
  for (bool more = true; more; ++calls) {
    std::size_t handed = 0;
    more = wheel.advance(
        10ms,
        [&](int entry) {
          ++handed;
          EXPECT_FALSE(seen.at(static_cast<std::size_t>(entry))) << "twice";
          seen[static_cast<std::size_t>(entry)] = true;
        },
        100);
    ASSERT_LE(handed, 100U);
    ASSERT_LT(calls, 13);
  }

  EXPECT_EQ(std::ranges::count(seen, true), 1000);
  EXPECT_GE(calls, 12) << "what is not due yet was looked at too";
  EXPECT_TRUE(due_at(wheel, 80ms).empty());
  EXPECT_EQ(due_at(wheel, 90ms).size(), 200U);
}

TEST(TimingWheel, WhatIsLeftComesBeforeWhatIsDueLater) {
  timing_wheel<int> wheel{period, 8};
  for (int i = 0; i < 10; ++i) wheel.add(10ms, 1);
  for (int i = 0; i < 10; ++i) wheel.add(20ms, 2);
  for (int i = 0; i < 10; ++i) wheel.add(2s, 3);
  std::vector<int> seen;
  auto const note = [&](int entry) { seen.push_back(entry); };

  EXPECT_TRUE(wheel.advance(10ms, note, 4));
  wheel.add(0ms, 9);  // long overdue: with the next tick
  EXPECT_TRUE(wheel.advance(20ms, note, 10));
  EXPECT_EQ(std::ranges::count(seen, 1), 10);
  EXPECT_TRUE(wheel.advance(3s, note, 2)) << "a pause of many laps in the middle";
  while (wheel.advance(3s, note, 2)) {
  }

  EXPECT_EQ(seen.size(), 31U);
  EXPECT_EQ(std::ranges::count(seen, 9), 1);
  EXPECT_EQ(std::ranges::count(seen, 3), 10);
}

TEST(TimingWheel, AgreesWithASortedList) {
  auto const seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  auto const below = [&](unsigned bound) { return static_cast<int>(random() % bound); };
  for (int run = 0; run < 50; ++run) {
    timing_wheel<int> wheel{period, static_cast<std::size_t>(1 + below(16))};
    std::map<int, milliseconds> waiting;  // entry -> its deadline, or when it was added if later
    milliseconds now{0};
    int number = 0;
    for (int turn = 0; turn < 300; ++turn) {
      for (int adding = below(4); adding > 0; --adding) {
        auto const due = now + milliseconds{below(20) == 0 ? below(3000) : below(300)} - 20ms;
        wheel.add(std::max(due, 0ms), number);
        waiting[number++] = std::max(due, now);
      }
      now += milliseconds{below(30) == 0 ? below(2000) : below(15)};
      auto const hand_out = [&](int entry) {
        ASSERT_TRUE(waiting.contains(entry)) << "handed out twice";
        EXPECT_LE(waiting[entry], now) << "early";
        waiting.erase(entry);
      };
      while (wheel.advance(now, hand_out, static_cast<std::size_t>(1 + below(5)))) {
      }
      for (auto const& [entry, due] : waiting) {
        // What was due before it was added waits for the next tick.
        EXPECT_GT(due + period, now) << "late";
      }
    }
  }
}

}  // namespace
}  // namespace waggle::runtime

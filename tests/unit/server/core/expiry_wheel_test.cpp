// SPDX-License-Identifier: Apache-2.0
// The wheel on its own: nothing early, nothing forgotten, bounded work.
#include "server/core/expiry_wheel.hpp"

#include "server/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace waggle::test {
namespace {

struct wheel_with_members {
  slab<member> members;
  expiry_wheel wheel{members};

  slot add(std::uint32_t deadline, std::uint32_t now) {
    auto const which = members.insert({.deadline = coarse_time{deadline}});
    wheel.add(which, coarse_time{now});
    return which;
  }
  void move(slot which, std::uint32_t deadline) {
    members[which].deadline = coarse_time{deadline};
    wheel.moved(which);
  }
  std::vector<slot> expired(std::uint32_t now, std::uint32_t steps = 1'000'000) {
    std::vector<slot> result;
    for (;;) {
      auto const which = wheel.next_expired(coarse_time{now}, steps);
      if (which == no_slot) return result;
      result.push_back(which);
      wheel.remove(which);
      members.erase(which);
    }
  }
};

TEST(ExpiryWheel, ExpiresAtTheDeadlineNotBefore) {
  wheel_with_members test;
  auto const which = test.add(/*deadline=*/100, /*now=*/0);

  EXPECT_TRUE(test.expired(99).empty());
  EXPECT_EQ(test.expired(100), std::vector<slot>{which});
}

TEST(ExpiryWheel, ALaterDeadlineIsHonouredAndAnEarlierOneToo) {
  wheel_with_members test;
  auto const later = test.add(100, 0);
  auto const earlier = test.add(100, 0);
  test.move(later, 150);
  test.move(earlier, 50);

  EXPECT_EQ(test.expired(50), std::vector<slot>{earlier});
  EXPECT_TRUE(test.expired(149).empty());
  EXPECT_EQ(test.expired(150), std::vector<slot>{later});
}

TEST(ExpiryWheel, DeadlinesBeyondTheHorizonGoRound) {
  wheel_with_members test;
  auto const far = expiry_wheel::buckets * 5 + 3;
  auto const which = test.add(far, 0);

  EXPECT_TRUE(test.expired(far - 1).empty());
  EXPECT_EQ(test.expired(far), std::vector<slot>{which});
}

TEST(ExpiryWheel, ALongSleepAndAnEmptyWheelAreHarmless) {
  wheel_with_members test;
  EXPECT_TRUE(test.expired(100'000'000, /*steps=*/10).empty());
  auto const which = test.add(100'000'010, 100'000'000);

  EXPECT_TRUE(test.expired(100'000'009).empty());
  EXPECT_EQ(test.expired(100'000'010, /*steps=*/11), std::vector<slot>{which});
}

TEST(ExpiryWheel, WorkIsBoundedAndContinues) {
  wheel_with_members test;
  for (int i = 0; i < 100; ++i) test.add(10, 0);

  EXPECT_LE(test.expired(10, /*steps=*/40).size(), 40U);
  EXPECT_GT(test.expired(10, /*steps=*/200).size(), 59U);
  EXPECT_EQ(test.members.size(), 0U);
}

TEST(ExpiryWheel, RandomMovesNeverExpireEarlyOrLate) {
  wheel_with_members test;
  random_source random(3);
  std::vector<slot> watched;
  for (int i = 0; i < 300; ++i) watched.push_back(test.add(1 + random.below(6000), 0));
  for (std::uint32_t now = 1; now < 9000 && !watched.empty(); ++now) {
    auto const which = watched[random.below(static_cast<std::uint32_t>(watched.size()))];
    test.move(which, now + random.below(4000));
    std::vector<slot> due;
    for (auto const each : watched) {
      if (test.members[each].deadline.count() <= now) due.push_back(each);
    }
    std::erase_if(watched, [&](slot each) { return test.members[each].deadline.count() <= now; });
    auto gone = test.expired(now);
    std::sort(gone.begin(), gone.end());
    std::sort(due.begin(), due.end());
    ASSERT_EQ(gone, due) << "now " << now;
  }
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Room for so many and no more, and what is left of a file limit for clients.
#include "server/runtime/gate.hpp"

#include "server/runtime/descriptor_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace waggle::runtime {
namespace {

TEST(Gate, LetsInAsManyAsFitAndMoreOnlyWhenSomebodyLeaves) {
  gate door{2};
  auto first = door.enter();
  auto second = door.enter();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(door.enter());
  EXPECT_EQ(door.inside(), 2U) << "who was refused must not count";

  first = {};

  EXPECT_EQ(door.inside(), 1U);
  EXPECT_TRUE(door.enter());
}

TEST(Gate, APassCountsOnceHoweverOftenItMoves) {
  gate door{1};
  auto pass = door.enter();
  auto moved = std::move(pass);
  EXPECT_EQ(door.inside(), 1U);

  moved = {};

  EXPECT_EQ(door.inside(), 0U);
}

TEST(Gate, HoldsItsBoundAmongThreads) {
  constexpr std::size_t most = 3;
  gate door{most};
  std::atomic<std::size_t> inside{0};
  std::atomic<bool> too_many{false};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int turn = 0; turn < 20'000; ++turn) {
          auto const pass = door.enter();
          if (!pass) continue;
          if (inside.fetch_add(1) + 1 > most) too_many = true;
          inside.fetch_sub(1);
        }
      });
    }
  }
  EXPECT_FALSE(too_many);
  EXPECT_EQ(door.inside(), 0U);
}

TEST(DescriptorLimit, IsRaisedToTheHardLimit) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit lowered = before;
  lowered.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);

  auto const raised = raise_descriptor_limit();

  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(raised.before, 64U);
  EXPECT_EQ(raised.now, before.rlim_max);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(DescriptorLimit, LeavesRoomForWhatIsNoConnection) {
  EXPECT_LT(connections_within(20'000, 2, 2), 20'000U);
  EXPECT_GT(connections_within(20'000, 2, 2), 19'900U);
  EXPECT_LT(connections_within(20'000, 64, 4), connections_within(20'000, 2, 2));
  EXPECT_EQ(connections_within(50, 2, 1), 25U);
}

}  // namespace
}  // namespace waggle::runtime

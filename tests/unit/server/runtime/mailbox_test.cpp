// SPDX-License-Identifier: Apache-2.0
// The door into another core: order, wake-ups, and the backlog it reports.
#include "server/runtime/mailbox.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

namespace waggle::runtime {
namespace {

TEST(Mailbox, HandsOutEverythingInTheOrderInWhichItWasPosted) {
  mailbox<int> box;
  for (int i = 0; i < 100; ++i) box.post(i, 1);

  std::vector<int> drained;
  box.drain(drained);

  ASSERT_EQ(drained.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(drained[i], static_cast<int>(i));
  std::vector<int> again;
  box.drain(again);
  EXPECT_TRUE(again.empty());
}

TEST(Mailbox, WakesItsOwnerOnlyWhenItWasEmpty) {
  mailbox<int> box;

  EXPECT_TRUE(box.post(1, 1).wake);
  EXPECT_FALSE(box.post(2, 1).wake);
  std::vector<int> drained;
  box.drain(drained);
  EXPECT_TRUE(box.post(3, 1).wake);
}

TEST(Mailbox, CountsTheBytesThatWait) {
  mailbox<int> box;

  EXPECT_EQ(box.post(1, 10).waiting_bytes, 10U);
  EXPECT_EQ(box.post(2, 5).waiting_bytes, 15U);
  EXPECT_EQ(box.waiting_bytes(), 15U);
  std::vector<int> drained;
  box.drain(drained);
  EXPECT_EQ(box.waiting_bytes(), 0U);
}

TEST(Mailbox, NamesThoseWhoWatchAtTheNextDrainEachOnce) {
  mailbox<int> box;
  box.post(1, 10);

  EXPECT_EQ(box.watch(3), 10U);
  EXPECT_EQ(box.watch(5), 10U);
  EXPECT_EQ(box.watch(3), 10U);

  std::vector<int> drained;
  EXPECT_EQ(box.drain(drained), (std::vector<std::uint16_t>{3, 5}));
  drained.clear();
  EXPECT_TRUE(box.drain(drained).empty());
  EXPECT_EQ(box.watch(3), 0U);
}

TEST(Mailbox, CarriesWhatCannotBeCopied) {
  mailbox<std::unique_ptr<int>> box;
  box.post(std::make_unique<int>(7), 4);

  std::vector<std::unique_ptr<int>> drained;
  box.drain(drained);

  EXPECT_EQ(*drained.at(0), 7);
}

TEST(Mailbox, LosesNothingBetweenThreadsAndKeepsTheOrderOfEach) {
  constexpr int posters = 3;
  constexpr int each = 5000;
  mailbox<std::pair<int, int>> box;
  std::vector<std::thread> threads;
  for (int who = 0; who < posters; ++who) {
    threads.emplace_back([&box, who] {
      for (int i = 0; i < each; ++i) box.post({who, i}, 1);
    });
  }

  std::array<int, posters> next{};
  int total = 0;
  std::vector<std::pair<int, int>> drained;
  while (total < posters * each) {
    box.drain(drained);
    for (auto const& [who, number] : drained) {
      EXPECT_EQ(number, next[static_cast<std::size_t>(who)]++);
      ++total;
    }
    drained.clear();
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(box.waiting_bytes(), 0U);
}

}  // namespace
}  // namespace waggle::runtime

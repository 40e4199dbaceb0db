// SPDX-License-Identifier: Apache-2.0
#include "server/runtime/shared_copy.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace waggle::runtime {
namespace {

using std::chrono_literals::operator""s;
using time = shared_copy<int>::time;

struct driven {
  bool ask() {
    return copy.ask(now, [this](auto const& what, time age) { taken.emplace_back(*what, age); });
  }
  void arrive(int what) { copy.arrive(now, std::make_shared<int const>(what)); }

  shared_copy<int> copy;
  time now{1'000'000};
  std::vector<std::pair<int, time>> taken;
};
using taken = std::vector<std::pair<int, time>>;

TEST(SharedCopy, TheFirstWaitsAndTheOthersTakeWhatIsThere) {
  driven at;
  EXPECT_TRUE(at.ask());
  EXPECT_FALSE(at.ask()) << "it is being gathered already";
  EXPECT_TRUE(at.taken.empty());

  at.now += 2s;
  at.arrive(1);
  EXPECT_EQ(at.taken, (taken{{1, 2s}, {1, 2s}})) << "as old as its oldest part";

  at.now += 1s;
  EXPECT_FALSE(at.ask());
  EXPECT_EQ(at.taken.back(), (std::pair<int, time>{1, 3s}));
}

TEST(SharedCopy, IsRenewedWhileSomebodyAsks) {
  driven at;
  EXPECT_TRUE(at.ask());
  at.arrive(1);
  at.now += 4s;
  EXPECT_FALSE(at.copy.tick(at.now));
  at.now += 1s;
  EXPECT_TRUE(at.copy.tick(at.now));
  EXPECT_FALSE(at.copy.tick(at.now)) << "under way";

  EXPECT_FALSE(at.ask());
  EXPECT_EQ(at.taken.back(), (std::pair<int, time>{1, 5s})) << "the old one serves meanwhile";
  at.arrive(2);
  EXPECT_FALSE(at.ask());
  EXPECT_EQ(at.taken.back().first, 2);
}

TEST(SharedCopy, OneThatIsTooOldIsGivenToNobody) {
  driven at;
  EXPECT_TRUE(at.ask());
  at.arrive(1);
  at.now += 11s;

  EXPECT_TRUE(at.ask());
  EXPECT_EQ(at.taken.size(), 1U);
  at.arrive(2);
  EXPECT_EQ(at.taken.back(), (std::pair<int, time>{2, 0s}));
}

TEST(SharedCopy, IsLetGoWhenNobodyHasAskedForAMinute) {
  driven at;
  EXPECT_TRUE(at.ask());
  at.arrive(1);
  at.now += 59s;
  EXPECT_TRUE(at.copy.tick(at.now));
  at.now += 1s;
  EXPECT_FALSE(at.copy.tick(at.now));
  EXPECT_TRUE(at.copy.active()) << "something is under way";
  at.arrive(2);
  EXPECT_FALSE(at.copy.tick(at.now));

  EXPECT_FALSE(at.copy.active());
  EXPECT_TRUE(at.ask());
}

}  // namespace
}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// Farewells spread over a window.
#include "server/runtime/drain.hpp"

#include <gtest/gtest.h>

namespace waggle::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Drain, TellsNobodyAtTheBeginningAndEverybodyAtTheEnd) {
  drain const spread{100ms, 5s, 1'000};

  EXPECT_EQ(spread.due(100ms), 0U);
  EXPECT_EQ(spread.due(5'100ms), 1'000U);
  EXPECT_EQ(spread.due(1h), 1'000U);
  EXPECT_FALSE(spread.over(5'099ms));
  EXPECT_TRUE(spread.over(5'100ms));
}

TEST(Drain, IsEvenOverTheWindow) {
  drain const spread{0ms, 5s, 1'000};
  std::size_t before = 0;
  for (auto now = 500ms; now <= 5s; now += 500ms) {
    EXPECT_EQ(spread.due(now) - before, 100U) << now.count();
    before = spread.due(now);
  }
}

TEST(Drain, HasNoWindowAndTellsEverybodyAtOnce) {
  drain const spread{100ms, 0ms, 7};

  EXPECT_EQ(spread.due(100ms), 7U);
  EXPECT_TRUE(spread.over(100ms));
}

TEST(Drain, OfNobodyIsNothing) {
  drain const spread{0ms, 5s, 0};

  EXPECT_EQ(spread.due(3s), 0U);
  EXPECT_EQ(spread.due(9s), 0U);
}

}  // namespace
}  // namespace waggle::runtime

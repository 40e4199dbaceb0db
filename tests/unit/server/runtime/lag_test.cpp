// SPDX-License-Identifier: Apache-2.0
#include "server/runtime/lag.hpp"

#include <gtest/gtest.h>

namespace waggle::runtime {
namespace {

using namespace std::chrono_literals;

constexpr bool full = true, rest = false, marked = true, unmarked = false;

TEST(Lag, IsZeroAndWantsNoMarkWhileBatchesAreNotFull) {
  lag behind;
  EXPECT_EQ(behind.at(500ms), 0ms);
  EXPECT_FALSE(behind.begin(1'000ms, rest, unmarked));
  EXPECT_EQ(behind.at(1'400ms), 0ms);
  behind.end();
  EXPECT_EQ(behind.at(9'000ms), 0ms);
}

TEST(Lag, IsAtLeastTheAgeOfAMarkThatHasNotComeBack) {
  lag behind;
  EXPECT_TRUE(behind.begin(1'000ms, full, unmarked));
  behind.end();
  EXPECT_EQ(behind.at(1'100ms), 100ms);
  EXPECT_FALSE(behind.begin(1'200ms, full, unmarked));  // one mark is enough
  EXPECT_EQ(behind.at(1'300ms), 300ms);
}

TEST(Lag, IsWhatTheLastMarkHasWaitedUntilTheNextHasWaitedLonger) {
  lag behind;
  EXPECT_TRUE(behind.begin(1'000ms, full, unmarked));
  EXPECT_TRUE(behind.begin(1'300ms, full, marked));
  behind.end();
  EXPECT_EQ(behind.at(1'310ms), 300ms);
  EXPECT_EQ(behind.at(1'700ms), 400ms);
  EXPECT_TRUE(behind.begin(1'720ms, full, marked));
  EXPECT_TRUE(behind.begin(1'770ms, full, marked));
  EXPECT_EQ(behind.at(1'780ms), 50ms);
}

// A thousand clients that are each read within 50 ms fill every batch.
TEST(Lag, DoesNotGrowBecauseFullBatchesFollowEachOther) {
  lag behind;
  for (auto now = 1'000ms; now < 60'000ms; now += 50ms) {
    EXPECT_TRUE(behind.begin(now, full, now > 1'000ms));
    EXPECT_LE(behind.at(now + 10ms), 50ms);
    behind.end();
  }
}

TEST(Lag, EndsWithTheBatchThatWasTheRest) {
  lag behind;
  EXPECT_TRUE(behind.begin(1'000ms, full, unmarked));
  behind.end();
  EXPECT_FALSE(behind.begin(1'200ms, rest, marked));
  EXPECT_EQ(behind.at(1'210ms), 200ms);
  behind.end();
  EXPECT_EQ(behind.at(1'210ms), 0ms);
}

TEST(Lag, ForgetsAMarkThatIsNotInTheRest) {
  lag behind;
  EXPECT_TRUE(behind.begin(1'000ms, full, unmarked));
  EXPECT_FALSE(behind.begin(1'200ms, rest, unmarked));
  EXPECT_EQ(behind.at(9'000ms), 0ms);
  EXPECT_TRUE(behind.begin(9'000ms, full, unmarked));
}

}  // namespace
}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
#include "server/runtime/lag.hpp"

#include <gtest/gtest.h>

namespace waggle::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Lag, IsTheAgeOfTheBatchThatIsWorkedOn) {
  lag behind;
  behind.begin(1'000ms, /*full=*/false);
  EXPECT_EQ(behind.at(1'070ms), 70ms);
}

TEST(Lag, IsZeroWhileNothingIsKnownToWait) {
  lag behind;
  EXPECT_EQ(behind.at(500ms), 0ms);
  behind.begin(1'000ms, /*full=*/false);
  behind.end();
  EXPECT_EQ(behind.at(9'000ms), 0ms);
}

TEST(Lag, GrowsOverFullBatchesAndTheOneThatFollowsThem) {
  lag behind;
  behind.begin(1'000ms, /*full=*/true);
  behind.end();
  EXPECT_EQ(behind.at(1'100ms), 100ms);  // what has not been taken waits on
  behind.begin(1'200ms, /*full=*/true);
  behind.end();
  behind.begin(1'300ms, /*full=*/false);
  EXPECT_EQ(behind.at(1'400ms), 400ms);
}

TEST(Lag, EndsWithABatchThatIsNotFull) {
  lag behind;
  behind.begin(1'000ms, /*full=*/true);
  behind.end();
  behind.begin(1'200ms, /*full=*/false);
  behind.end();
  EXPECT_EQ(behind.at(1'250ms), 0ms);
  behind.begin(1'300ms, /*full=*/false);
  EXPECT_EQ(behind.at(1'310ms), 10ms);
}

// Long silence is no lag: a crowd that comes after it fills a batch, but has not waited since then.
TEST(Lag, BeginsWithTheFirstFullBatchAndNotBeforeIt) {
  lag behind;
  behind.begin(1'000ms, /*full=*/false);
  behind.end();
  behind.begin(60'000ms, /*full=*/true);
  EXPECT_EQ(behind.at(60'005ms), 5ms);
}

}  // namespace
}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
#include "server/core/token_bucket.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

namespace waggle {
namespace {

using namespace std::chrono_literals;

constexpr core_time start{1'000};
constexpr bucket_limits ten{.burst = 10, .per_second = 3};

TEST(TokenBucket, IsFullAtFirstWhateverItsLimitsAre) {
  token_bucket const bucket{start};

  EXPECT_TRUE(bucket.full());
  EXPECT_TRUE(bucket.has(10, ten));
  EXPECT_FALSE(bucket.has(11, ten));
  EXPECT_TRUE(bucket.has(1'000, {.burst = 1'000, .per_second = 1}));
}

TEST(TokenBucket, GivesBackExactlyItsRate) {
  token_bucket bucket{start};
  bucket.take(10);
  EXPECT_FALSE(bucket.has(1, ten));

  bucket.refill(start + 333ms, ten.per_second);
  EXPECT_FALSE(bucket.has(1, ten));
  bucket.refill(start + 334ms, ten.per_second);
  EXPECT_TRUE(bucket.has(1, ten));
  EXPECT_FALSE(bucket.has(2, ten));
}

TEST(TokenBucket, LosesNothingHoweverOftenItIsLookedAt) {
  std::mt19937 random{4711};
  for (std::uint64_t const rate : {1U, 7U, 400U, 999U, 4'194'304U}) {
    bucket_limits const limits{.burst = 100 * rate, .per_second = rate};
    token_bucket bucket{start};
    bucket.take(limits.burst);
    auto now = start;
    while (now < start + 50s) bucket.refill(now += core_time{1 + random() % 9}, rate);
    bucket.refill(start + 60s, rate);

    EXPECT_TRUE(bucket.has(60 * rate, limits)) << rate;
    EXPECT_FALSE(bucket.has(60 * rate + 1, limits)) << rate;
  }
}

TEST(TokenBucket, NeverHoldsMoreThanABurst) {
  token_bucket bucket{start};
  bucket.take(1);

  bucket.refill(start + 24h * 365, ten.per_second);

  EXPECT_TRUE(bucket.full());
  EXPECT_FALSE(bucket.has(11, ten));
}

TEST(TokenBucket, TakesOnDebtAndPaysItOffFirst) {
  token_bucket bucket{start};
  bucket.take(16);

  bucket.refill(start + 2s, ten.per_second);
  EXPECT_FALSE(bucket.has(1, ten));
  bucket.refill(start + 3s, ten.per_second);
  EXPECT_TRUE(bucket.has(3, ten));
  EXPECT_FALSE(bucket.has(4, ten));
}

TEST(TokenBucket, SaysWhenItWillHaveSoMuch) {
  token_bucket bucket{start};
  bucket.take(16);

  auto const due = bucket.when_has(5, ten);

  bucket.refill(due - 1ms, ten.per_second);
  EXPECT_FALSE(bucket.has(5, ten));
  bucket.refill(due, ten.per_second);
  EXPECT_TRUE(bucket.has(5, ten));
  EXPECT_EQ(bucket.when_has(5, ten), due) << "it has them already";
}

TEST(TokenBucket, WithoutARateHasNoLimit) {
  token_bucket bucket{start};
  bucket.take(1'000'000);

  EXPECT_TRUE(bucket.has(10, {.burst = 10, .per_second = 0}));
  EXPECT_EQ(bucket.when_has(10, {.burst = 10, .per_second = 0}), start);
}

TEST(TokenBucket, AClockThatStepsBackGivesNothing) {
  token_bucket bucket{start};
  bucket.take(10);

  bucket.refill(start - 10s, ten.per_second);

  EXPECT_FALSE(bucket.has(1, ten));
}

}  // namespace
}  // namespace waggle

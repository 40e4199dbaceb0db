// SPDX-License-Identifier: Apache-2.0
// When memory is given back to the system.
#include "server/runtime/heap_trim.hpp"

#include <gtest/gtest.h>

namespace waggle::runtime {
namespace {

constexpr std::size_t mib = 1U << 20U;

TEST(HeapTrim, IsDueWhenLessThanHalfOfManyIsLeft) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(9'000, mib));
  EXPECT_FALSE(trim.due(4'500, mib));
  EXPECT_TRUE(trim.due(4'499, mib));
}

TEST(HeapTrim, IsDueOnceForEachHalving) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(9'000, mib));
  EXPECT_TRUE(trim.due(4'000, mib));
  EXPECT_FALSE(trim.due(4'000, mib));
  EXPECT_TRUE(trim.due(1'999, mib));
  EXPECT_FALSE(trim.due(0, mib) && trim.due(0, mib));
}

TEST(HeapTrim, IsDueAgainAfterAnotherCrowd) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(9'000, mib));
  EXPECT_TRUE(trim.due(0, mib));
  EXPECT_FALSE(trim.due(9'000, mib));
  EXPECT_TRUE(trim.due(0, mib));
}

TEST(HeapTrim, IsNotWorthItForAFew) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(900, mib));
  EXPECT_FALSE(trim.due(0, mib));
}

TEST(HeapTrim, IsDueOnceForEachQuarterThatTheProcessGrows) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(200, 16 * mib));
  EXPECT_FALSE(trim.due(200, 24 * mib));  // a quarter and 4 MiB more
  EXPECT_TRUE(trim.due(200, 24 * mib + 1));
  // As much was in use after all.
  EXPECT_FALSE(trim.due(200, 24 * mib));
  EXPECT_FALSE(trim.due(200, 34 * mib));
  EXPECT_TRUE(trim.due(200, 34 * mib + 1));
}

TEST(HeapTrim, GrowthCountsFromTheLeast) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(200, 64 * mib));
  EXPECT_FALSE(trim.due(200, 16 * mib));
  EXPECT_TRUE(trim.due(200, 25 * mib));
}

TEST(HeapTrim, OfAProcessThatOnlyGrowsIsDueAFewTimes) {
  heap_trim trim;
  int count = 0;
  for (std::size_t size = 16; size <= 1024; ++size) count += trim.due(200, size * mib) ? 1 : 0;
  EXPECT_GE(count, 10);
  EXPECT_LE(count, 16);
}

}  // namespace
}  // namespace waggle::runtime

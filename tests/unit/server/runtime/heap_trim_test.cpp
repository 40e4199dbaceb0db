// SPDX-License-Identifier: Apache-2.0
// When memory is given back to the system.
#include "server/runtime/heap_trim.hpp"

#include <gtest/gtest.h>

namespace waggle::runtime {
namespace {

TEST(HeapTrim, IsDueWhenLessThanHalfOfManyIsLeft) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(9'000));
  EXPECT_FALSE(trim.due(4'500));
  EXPECT_TRUE(trim.due(4'499));
}

TEST(HeapTrim, IsDueOnceForEachHalving) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(9'000));
  EXPECT_TRUE(trim.due(4'000));
  EXPECT_FALSE(trim.due(4'000));
  EXPECT_TRUE(trim.due(1'999));
  EXPECT_FALSE(trim.due(0) && trim.due(0));
}

TEST(HeapTrim, IsDueAgainAfterAnotherCrowd) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(9'000));
  EXPECT_TRUE(trim.due(0));
  EXPECT_FALSE(trim.due(9'000));
  EXPECT_TRUE(trim.due(0));
}

TEST(HeapTrim, IsNotWorthItForAFew) {
  heap_trim trim;
  EXPECT_FALSE(trim.due(900));
  EXPECT_FALSE(trim.due(0));
}

}  // namespace
}  // namespace waggle::runtime

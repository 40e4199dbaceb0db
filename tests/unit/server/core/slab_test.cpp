// SPDX-License-Identifier: Apache-2.0
// Slots stay, chunks come and go.
#include "server/core/slab.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace waggle::test {
namespace {

TEST(Slab, SlotsStayValidWhileOthersComeAndGo) {
  slab<std::uint32_t> numbers;
  std::vector<slot> slots;
  for (std::uint32_t i = 0; i < 1000; ++i) slots.push_back(numbers.insert(i));
  for (std::uint32_t i = 0; i < 1000; i += 2) numbers.erase(slots[i]);
  for (std::uint32_t i = 0; i < 2000; ++i) (void)numbers.insert(7'000'000);

  for (std::uint32_t i = 1; i < 1000; i += 2) EXPECT_EQ(numbers[slots[i]], i);
  EXPECT_EQ(numbers.size(), 2500U);
}

TEST(Slab, ReusesTheLowestChunkAndReturnsEmptyOnes) {
  slab<std::uint64_t> numbers;
  std::vector<slot> slots;
  for (std::uint32_t i = 0; i < 100 * 256; ++i) slots.push_back(numbers.insert(i));
  auto const peak = numbers.bytes();
  for (std::uint32_t i = 10; i < slots.size(); ++i) numbers.erase(slots[i]);

  EXPECT_LT(numbers.bytes() * 50, peak);
  EXPECT_LT(numbers.insert(1), 256U);
}

TEST(Slab, ShrinksAndGrowsOverAHoleOfChunks) {
  slab<std::uint32_t> numbers;
  std::vector<slot> slots;
  for (std::uint32_t i = 0; i < 70 * 256; ++i) slots.push_back(numbers.insert(i));
  for (std::uint32_t i = 256; i < 69 * 256; ++i) numbers.erase(slots[i]);
  for (std::uint32_t i = 0; i < 80 * 256; ++i) (void)numbers.insert(9);

  EXPECT_EQ(numbers[slots[69 * 256]], 69U * 256);
  EXPECT_EQ(numbers.size(), 82U * 256);
}

TEST(Slab, ErasingFreesWhatTheObjectHeld) {
  slab<std::shared_ptr<int>> objects;
  auto const held = std::make_shared<int>(1);
  auto const which = objects.insert(held);
  ASSERT_EQ(held.use_count(), 2);

  objects.erase(which);

  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace waggle::test

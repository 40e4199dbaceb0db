// SPDX-License-Identifier: Apache-2.0
// The list of a swarm's members against a std::vector, through every size of its memory.
#include "server/core/slot_list.hpp"

#include "server/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace waggle::test {
namespace {

void expect_same(slot_list const& list, std::vector<slot> const& model) {
  ASSERT_EQ(list.size(), model.size());
  ASSERT_EQ(list.empty(), model.empty());
  for (std::uint32_t at = 0; at < model.size(); ++at) ASSERT_EQ(list[at], model[at]) << at;
  if (!model.empty()) {
    EXPECT_EQ(list.back(), model.back());
  }
}

TEST(SlotList, AgreesWithAVectorWhileItGrowsAndShrinks) {
  slot_list list;
  std::vector<slot> model;
  random_source random(3);
  for (std::uint32_t const goal : {1U, 3U, 0U, 900U, 2U, 5000U, 1000U, 1700U, 40'000U, 0U}) {
    while (model.size() != goal) {
      // Two steps there, one back: every edge of a block is crossed both ways.
      bool const grow = (model.size() < goal) == (random.below(3) != 0) || model.empty();
      if (grow) {
        model.push_back(random.below(1'000'000));
        list.push_back(model.back());
      } else {
        model.pop_back();
        list.pop_back();
      }
      if (!model.empty()) {
        auto const at = random.below(static_cast<std::uint32_t>(model.size()));
        list[at] = model[at] = random.below(1'000'000);
      }
      if (random.below(1000) == 0) expect_same(list, model);
    }
    expect_same(list, model);
  }
}

TEST(SlotList, TwoCostNoMemoryAndAPeakIsGivenBack) {
  slot_list list;
  list.push_back(1);
  list.push_back(2);
  EXPECT_EQ(list.bytes(), 0U);
  for (slot each = 0; each < 100'000; ++each) list.push_back(each);
  EXPECT_LT(list.bytes(), 100'000U * 4 * 11 / 10) << "not much more than what is in it";
  while (list.size() > 1) list.pop_back();

  EXPECT_EQ(list.bytes(), 0U);
  EXPECT_EQ(list[0], 1U);
}

TEST(SlotList, NoStepCopiesMoreThanABlock) {
  slot_list list;
  std::size_t most = 0;
  auto before = list.bytes();
  auto const note = [&] {
    auto const now = list.bytes();
    most = std::max(most, now > before ? now - before : before - now);
    before = now;
  };
  for (slot each = 0; each < 1'000'000; ++each) {
    list.push_back(each);
    note();
  }
  while (!list.empty()) {
    list.pop_back();
    note();
  }
  EXPECT_LE(most, 1024U * 4 + 1024U * 8 + 64) << "a block, and the list of a thousand blocks";
}

TEST(SlotList, MayBeMovedAtEverySize) {
  for (std::uint32_t const size : {0U, 1U, 2U, 3U, 1024U, 1025U, 5000U}) {
    slot_list list;
    std::vector<slot> model;
    for (slot each = 0; each < size; ++each) {
      list.push_back(each);
      model.push_back(each);
    }

    slot_list moved{std::move(list)};
    expect_same(moved, model);
    slot_list assigned;
    for (slot each = 0; each < 2000; ++each) assigned.push_back(each);
    assigned = std::move(moved);
    expect_same(assigned, model);
    expect_same(moved, {});  // NOLINT(bugprone-use-after-move): an empty list, not garbage
    moved.push_back(7);
    EXPECT_EQ(moved.back(), 7U);
  }
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// The index against a std::map, with hashes that collide on purpose.
#include "server/core/slot_index.hpp"

#include "server/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace waggle::test {
namespace {

/// Few distinct hashes, crowded at the wrapping end of the table.
std::uint64_t crowded(slot which) {
  return std::uint64_t{0xffff'fff0U + which % 23} << 32;
}

TEST(SlotIndex, AgreesWithAMapUnderCollisions) {
  slot_index index;
  std::map<slot, bool> model;
  random_source random(7);
  for (int step = 0; step < 20'000; ++step) {
    auto const which = random.below(60);
    if (model.count(which) != 0) {
      index.erase(crowded(which), which);
      model.erase(which);
    } else {
      index.insert(crowded(which), which);
      model.emplace(which, true);
    }
    auto const probe = random.below(60);
    auto const found = index.find(crowded(probe), [&](slot each) { return each == probe; });
    ASSERT_EQ(found, model.count(probe) != 0 ? probe : no_slot) << "step " << step;
    ASSERT_EQ(index.size(), model.size());
  }
}

/// Hashes as of a good function.
std::uint64_t spread(slot which) {
  return which * 0x9e3779b97f4a7c15U;
}

/// Comes and goes at random between two sizes, many times; every answer as of the model.
void live_through_waves(std::uint64_t (*hash)(slot), slot keys) {
  slot_index index;
  std::vector<bool> model(keys);
  std::uint32_t size = 0;
  random_source random(11);
  for (int wave = 0; wave < 4; ++wave) {
    auto const grow = wave % 2 == 0;
    for (slot step = 0; step < keys * 2; ++step) {
      auto const which = random.below(keys);
      if (model[which] == (random.below(10) != 0 ? grow : !grow)) continue;
      model[which] = !model[which];
      model[which] ? index.insert(hash(which), which) : index.erase(hash(which), which);
      model[which] ? ++size : --size;
      auto const probe = random.below(keys);
      auto const found = index.find(hash(probe), [&](slot each) { return each == probe; });
      ASSERT_EQ(found, model[probe] ? probe : no_slot) << "wave " << wave << " step " << step;
    }
    ASSERT_EQ(index.size(), size);
    std::vector<bool> seen(keys);
    index.visit_while([&](slot each) {
      EXPECT_FALSE(seen[each]) << "twice";
      seen[each] = true;
      return true;
    });
    ASSERT_EQ(seen, model) << "wave " << wave;
  }
}

TEST(SlotIndex, SplitsAndMergesWithoutLosingAnEntry) {
  live_through_waves(spread, 100'000);
}

TEST(SlotIndex, HashesAlikeInTheirFirstBitsCostMemoryForThemselvesOnly) {
  constexpr auto alike = [](slot which) { return spread(which) >> 17; };
  live_through_waves(alike, 20'000);

  slot_index index;
  for (slot i = 0; i < 20'000; ++i) index.insert(alike(i), i);
  EXPECT_LT(index.bytes(), 20'000U * 200);
}

TEST(SlotIndex, NoInsertOrEraseMovesMoreThanASegment) {
  slot_index index;
  std::size_t most = 0;
  auto const change = [&](auto act) {
    auto const before = index.bytes();
    act();
    auto const after = index.bytes();
    most = std::max(most, after > before ? after - before : before - after);
  };
  for (slot i = 0; i < 300'000; ++i) change([&] { index.insert(spread(i), i); });
  for (slot i = 0; i < 300'000; ++i) change([&] { index.erase(spread(i), i); });

  EXPECT_LE(most, slot_index::segment_cells * 8 * 3 / 2) << "a segment, and the directory";
}

TEST(SlotIndex, ReplaceKeepsTheKey) {
  slot_index index;
  index.insert(crowded(1), 1);
  index.insert(crowded(24), 24);  // the same hash
  index.replace(crowded(1), 1, 99);

  EXPECT_EQ(index.find(crowded(1), [](slot each) { return each == 99; }), 99U);
  EXPECT_EQ(index.find(crowded(1), [](slot each) { return each == 24; }), 24U);
  EXPECT_EQ(index.find(crowded(1), [](slot each) { return each == 1; }), no_slot);
}

TEST(SlotIndex, ShrinksWhenItEmpties) {
  slot_index index;
  for (slot i = 0; i < 10'000; ++i) index.insert(spread(i), i);
  auto const peak = index.bytes();
  for (slot i = 10; i < 10'000; ++i) index.erase(spread(i), i);

  EXPECT_LT(index.bytes() * 50, peak);
  std::uint32_t seen = 0;
  index.visit_while([&](slot) { return ++seen < 5; });
  EXPECT_EQ(seen, 5U);
}

}  // namespace
}  // namespace waggle::test

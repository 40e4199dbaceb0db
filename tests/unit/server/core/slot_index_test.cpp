// SPDX-License-Identifier: Apache-2.0
// The index against a std::map, with hashes that collide on purpose.
#include "server/core/slot_index.hpp"

#include "server/core/random.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <map>

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
  auto const spread = [](slot which) { return which * 0x9e3779b97f4a7c15U; };
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

// SPDX-License-Identifier: Apache-2.0
// The seeded hash, the offer tag, the generator, and the placement made from them.
#include "server/core/keyed_hash.hpp"

#include "server/core/placement.hpp"
#include "server/core/random.hpp"
#include "tests/unit/server/core/builders.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <string>
#include <vector>

namespace waggle::test {
namespace {

TEST(KeyedHash, EveryByteOfAnIdCounts) {
  keyed_hasher const hasher{seed};
  std::set<std::size_t> seen{hasher(peer_id{})};
  for (std::size_t i = 0; i < peer_id::bytes; ++i) {
    peer_id changed;
    changed.value[i] = 1;
    seen.insert(hasher(changed));
  }
  EXPECT_EQ(seen.size(), 21U);
}

TEST(KeyedHash, EveryInputBitFlipsAboutHalfOfTheOutput) {
  keyed_hasher const hasher{seed};
  auto const base = peer(123456);
  for (std::size_t bit = 0; bit < 160; ++bit) {
    auto changed = base;
    changed.value[bit / 8] = static_cast<std::uint8_t>(changed.value[bit / 8] ^ (1U << bit % 8));
    auto const flipped = std::popcount(hasher(base) ^ hasher(changed));
    EXPECT_GT(flipped, 10) << "bit " << bit;
    EXPECT_LT(flipped, 54) << "bit " << bit;
  }
}

TEST(KeyedHash, BothHalvesOfTheSeedCount) {
  auto const base = keyed_hasher{seed}(peer(1));
  hash_seed const first{.first = seed.first + 1, .second = seed.second};
  hash_seed const second{.first = seed.first, .second = seed.second + 1};
  EXPECT_NE(base, keyed_hasher{first}(peer(1)));
  EXPECT_NE(base, keyed_hasher{second}(peer(1)));
}

TEST(KeyedHash, SessionFieldsAllCount) {
  keyed_hasher const hasher{seed};
  std::set<std::size_t> seen;
  for (auto const& at : {session_ref{}, session_ref{.slot = 1}, session_ref{.generation = 1},
                         session_ref{.core = 1}, session_ref{.node = 1}}) {
    seen.insert(hasher(session_peer{.at = at, .peer = peer(1)}));
  }
  EXPECT_EQ(seen.size(), 5U);
}

TEST(KeyedHash, ServesBoostTables) {
  boost::unordered_flat_map<swarm_id, int, keyed_hasher> table(0, keyed_hasher{seed});
  for (std::uint32_t i = 0; i < 1000; ++i) table.emplace(movie(i), static_cast<int>(i));
  EXPECT_EQ(table.at(movie(777)), 777);
}

TEST(OfferTag, DistinguishesLengthAndContent) {
  std::set<offer_tag> tags;
  for (std::size_t length = 0; length < 70; ++length) {
    tags.insert(tag_of(seed, std::string(length, '\0')));
    tags.insert(tag_of(seed, std::string(length, 'x') + "y"));
  }
  EXPECT_EQ(tags.size(), 140U);
  EXPECT_EQ(tag_of(seed, "same text"), tag_of(seed, "same text"));
}

TEST(Placement, SpreadsSequentialIdsEvenly) {
  placement const place{.seed = seed, .cores = 3};
  std::vector<int> per_core(3);
  for (std::uint32_t i = 0; i < 30'000; ++i) ++per_core.at(place.core_of(movie(i)));
  for (auto const count : per_core) EXPECT_NEAR(count, 10'000, 400);
}

TEST(Placement, IsIndependentOfTheHashThatTablesUse) {
  placement const place{.seed = seed, .cores = 2};
  int on_core_0 = 0;
  int upper_half = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    if (place.core_of(movie(i)) != 0) continue;
    ++on_core_0;
    if (keyed_hasher{seed}(movie(i)) >> 63 != 0) ++upper_half;
  }
  EXPECT_NEAR(upper_half * 2, on_core_0, 400);
}

TEST(RandomSource, RepeatsWithItsSeedAndStaysBelowTheBound) {
  random_source first(42);
  random_source second(42);
  std::vector<int> hits(7);
  for (int i = 0; i < 7000; ++i) {
    auto const value = first.below(7);
    ASSERT_EQ(value, second.below(7));
    ++hits.at(value);
  }
  for (auto const count : hits) EXPECT_NEAR(count, 1000, 150);
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Samples and scores.
#include "server/core/mesh/candidates.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace waggle::mesh {
namespace {

TEST(Candidates, SmallListIsLookedAtWhollyAndABigOneInParts) {
  candidates some;
  random_source random{7};

  auto const all = some.sample(10, 32, random);
  std::set<std::uint32_t> const seen{all.begin(), all.end()};
  EXPECT_EQ(seen.size(), 10U);
  auto const part = some.sample(1'000'000, 32, random);
  std::set<std::uint32_t> const drawn{part.begin(), part.end()};

  EXPECT_EQ(drawn.size(), part.size());
  EXPECT_GE(part.size(), 30U);
  EXPECT_LT(*drawn.rbegin(), 1'000'000U);
  EXPECT_TRUE(some.sample(0, 32, random).empty());
}

TEST(Candidates, EachOfTheListIsEquallyLikelyToBeFirst) {
  candidates some;
  random_source random{11};
  std::vector<int> first(8);
  for (int round = 0; round < 8'000; ++round) ++first[some.sample(8, 32, random)[0]];

  for (auto const count : first) EXPECT_NEAR(count, 1'000, 150);
}

class Scores : public testing::Test {
 protected:
  slot add(node what) {
    what.member = 1;
    return nodes_.insert(what);
  }
  slab<node> nodes_;
  candidate_limits limits_;
};

TEST_F(Scores, NearFreeAndHealthyNeighboursAreBetter) {
  node const seeker{.address_tag = 5, .state = {.want = 8, .position_s = 100}};
  node const plain{.address_tag = 6, .state = {.want = 8, .up = 0}};
  auto const better = [&](node other) {
    return score(seeker, other, limits_) > score(seeker, plain, limits_);
  };

  auto same_address = plain;
  same_address.address_tag = 5;
  auto close = plain;
  close.state.position_s = 110;
  auto far = plain;
  far.state.position_s = 1'000;
  auto sending = plain;
  sending.state.up = 1;
  auto loaded = plain;
  loaded.links = 8;
  auto failing = plain;
  failing.failures = 3;

  EXPECT_TRUE(better(same_address));
  EXPECT_TRUE(better(close));
  EXPECT_TRUE(better(sending));
  EXPECT_FALSE(better(far));
  EXPECT_LT(score(seeker, loaded, limits_), score(seeker, plain, limits_));
  EXPECT_LT(score(seeker, failing, limits_), score(seeker, plain, limits_));
}

TEST_F(Scores, SomeAreDrawnWhateverTheirScore) {
  node const seeker{.address_tag = 5, .state = {.want = 8}};
  std::vector<slot> among;
  for (int each = 0; each < 10; ++each)
    among.push_back(add({.address_tag = 6, .state = {.want = 8}}));
  std::vector<slot> near;
  for (int each = 0; each < 10; ++each)
    near.push_back(add({.address_tag = 5, .state = {.want = 8}}));
  among.insert(among.end(), near.begin(), near.end());
  candidates some;

  auto const chosen = some.choose(seeker, among, 6, nodes_, limits_);

  ASSERT_EQ(chosen.size(), 6U);
  EXPECT_EQ(chosen[0].who, among[0]);
  EXPECT_EQ(chosen[1].who, among[1]);
  for (std::size_t at = 0; at < 6; ++at) {
    EXPECT_EQ(chosen[at].uniform, at < 2);
    EXPECT_EQ(nodes_[chosen[at].who].address_tag, at < 2 ? 6U : 5U);
  }
}

TEST_F(Scores, WhoHasItsUniformLinksGetsTheBest) {
  node const seeker{.address_tag = 5, .state = {.want = 8}, .uniform = 2};
  std::vector<slot> among{add({.address_tag = 6}), add({.address_tag = 5})};
  candidates some;

  auto const chosen = some.choose(seeker, among, 1, nodes_, limits_);

  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_EQ(chosen[0].who, among[1]);
}

}  // namespace
}  // namespace waggle::mesh

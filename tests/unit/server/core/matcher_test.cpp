// SPDX-License-Identifier: Apache-2.0
// Who is chosen to receive offers.
#include "server/core/matcher.hpp"

#include "server/core/swarm.hpp"
#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace waggle::test {
namespace {

struct crowd {
  slab<member> members;
  swarm home;
  matcher choice{match_limits{}};
  random_source random{5};

  slot add(peer_id const& who, std::uint32_t late = 1000) {
    auto const which = members.insert({.peer = who, .late = coarse_time{late}});
    home.activate(members, which);
    return which;
  }
  std::span<slot const> choose(std::uint32_t sender, std::uint32_t wanted) {
    auto const who = peer(sender);
    return choice.choose(
        {.active = home.active(), .sender = who, .wanted = wanted, .now = coarse_time{10}}, members,
        random);
  }
};

TEST(Matcher, InASmallSwarmEveryoneElseIsFound) {
  for (std::uint32_t size = 1; size <= 64; ++size) {
    crowd test;
    for (std::uint32_t i = 0; i < size; ++i) test.add(peer(i));

    auto const chosen = test.choose(/*sender=*/0, /*wanted=*/100);

    EXPECT_EQ(std::set<slot>(chosen.begin(), chosen.end()).size(), size - 1);
    EXPECT_EQ(chosen.size(), size - 1);
  }
}

TEST(Matcher, NeverChoosesTheSendersOwnPeerId) {
  for (auto const others : {3U, 40U, 500U}) {
    crowd test;
    for (int i = 0; i < 10; ++i) test.add(peer(0));
    for (std::uint32_t i = 1; i <= others; ++i) test.add(peer(i));
    for (int round = 0; round < 200; ++round) {
      for (auto const which : test.choose(0, 5)) ASSERT_NE(test.members[which].peer, peer(0));
    }
  }
}

TEST(Matcher, ChoosesDistinctMembersUniformly) {
  for (auto const size : {12U, 41U, 100U, 200U}) {
    crowd test;
    for (std::uint32_t i = 0; i < size; ++i) test.add(peer(i));
    std::vector<int> hits(size);
    constexpr int rounds = 4000;
    for (int round = 0; round < rounds; ++round) {
      auto const chosen = test.choose(0, 10);
      ASSERT_EQ(chosen.size(), 10U);
      ASSERT_EQ(std::set<slot>(chosen.begin(), chosen.end()).size(), 10U);
      for (auto const which : chosen) ++hits.at(which);
    }
    EXPECT_EQ(hits[0], 0);
    auto const expected = rounds * 10 / static_cast<int>(size - 1);
    for (std::uint32_t i = 1; i < size; ++i) {
      EXPECT_NEAR(hits[i], expected, expected / 4 + 60) << "of " << size;
    }
  }
}

TEST(Matcher, OverdueMembersAreChosenLastButNotExcluded) {
  for (auto const size : {20U, 60U}) {
    crowd test;
    std::set<slot> late;
    for (std::uint32_t i = 1; i <= size; ++i) {
      auto const overdue = i > 5;
      auto const which = test.add(peer(i), overdue ? 10 : 11);
      if (overdue) late.insert(which);
    }
    for (int round = 0; round < 100; ++round) {
      auto const chosen = test.choose(0, 8);
      ASSERT_EQ(chosen.size(), 8U);
      EXPECT_EQ(std::count_if(chosen.begin(), chosen.end(),
                              [&](slot which) { return late.contains(which); }),
                3);
    }
  }
}

TEST(Matcher, ABigSwarmOfOverdueMembersStillReceives) {
  crowd test;
  for (std::uint32_t i = 1; i <= 5000; ++i) test.add(peer(i), 0);

  EXPECT_EQ(test.choose(0, 20).size(), 20U);
}

TEST(Matcher, NothingWantedOrNobodyThereIsFine) {
  crowd test;
  EXPECT_TRUE(test.choose(0, 5).empty());
  test.add(peer(0));
  EXPECT_TRUE(test.choose(0, 5).empty());
  EXPECT_TRUE(test.choose(1, 0).empty());
  EXPECT_EQ(test.choose(1, 5).size(), 1U);
}

}  // namespace
}  // namespace waggle::test

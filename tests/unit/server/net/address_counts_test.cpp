// SPDX-License-Identifier: Apache-2.0
#include "server/net/address_counts.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>
#include <vector>

namespace waggle::net {
namespace {

ip_address address(std::string_view text) {
  return parse_ip_address(text).value();
}

TEST(AddressCounts, CountWhoHoldsAPass) {
  address_counts counts{{1, 2}};
  auto first = counts.enter(address("203.0.113.7"));
  auto second = counts.enter(address("203.0.113.7"));
  auto other = counts.enter(address("203.0.113.8"));

  EXPECT_EQ(counts.count(address("203.0.113.7")), 2U);
  EXPECT_EQ(counts.count(address("203.0.113.8")), 1U);
  EXPECT_EQ(counts.count(address("203.0.113.9")), 0U);
  EXPECT_EQ(counts.total().addresses, 2U);
  EXPECT_EQ(counts.total().connections_max, 2U);

  first = {};
  EXPECT_EQ(counts.count(address("203.0.113.7")), 1U);
  EXPECT_EQ(counts.total().connections_max, 1U);
  second = {};
  other = {};
  EXPECT_EQ(counts.total().addresses, 0U);
  EXPECT_EQ(counts.total().connections_max, 0U);
}

TEST(AddressCounts, FollowAPassThatMoves) {
  address_counts counts{{1, 2}};
  auto first = counts.enter(address("203.0.113.7"));
  auto const moved = std::move(first);
  { auto const empty = std::move(first); }

  EXPECT_EQ(counts.count(address("203.0.113.7")), 1U);
}

TEST(AddressCounts, CountACustomerOfIpv6Once) {
  address_counts counts{{1, 2}};
  auto const first = counts.enter(address("2001:db8:1:2::1"));
  auto const second = counts.enter(address("2001:db8:1:2:ffff::1"));
  auto const other = counts.enter(address("2001:db8:1:3::1"));

  EXPECT_EQ(counts.count(address("2001:db8:1:2::99")), 2U);
  EXPECT_EQ(counts.total().addresses, 2U);
}

TEST(AddressCounts, AgreeWithAModelAfterAnyOrderOfComingAndGoing) {
  address_counts counts{{1, 2}};
  std::mt19937 random{4711};
  auto const below = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  std::vector<std::pair<unsigned, address_counts::pass>> inside;
  std::map<unsigned, std::size_t> model;
  for (int step = 0; step < 20'000; ++step) {
    if (inside.empty() || below(100) < 52) {
      auto const who = below(40) * below(3);
      inside.emplace_back(who, counts.enter(address("10.0.0." + std::to_string(who))));
      ++model[who];
    } else {
      auto const at = below(static_cast<unsigned>(inside.size()));
      if (--model[inside[at].first] == 0) model.erase(inside[at].first);
      std::swap(inside[at], inside.back());
      inside.pop_back();
    }
    std::size_t most = 0;
    for (auto const& [who, connections] : model) most = std::max(most, connections);
    ASSERT_EQ(counts.total().connections_max, most) << step;
    ASSERT_EQ(counts.total().addresses, model.size()) << step;
  }
}

TEST(AddressCounts, AreRightWhereSeveralThreadsCount) {
  address_counts counts{{1, 2}};
  auto const here = counts.enter(address("10.0.0.1"));
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&counts] {
        for (int round = 0; round < 5'000; ++round) {
          auto const shared = counts.enter(address("10.0.0.1"));
          auto const other = counts.enter(address("10.0.0." + std::to_string(round % 256)));
        }
      });
    }
  }

  EXPECT_EQ(counts.count(address("10.0.0.1")), 1U);
  EXPECT_EQ(counts.total().addresses, 1U);
  EXPECT_EQ(counts.total().connections_max, 1U);
}

}  // namespace
}  // namespace waggle::net

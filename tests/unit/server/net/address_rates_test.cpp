// SPDX-License-Identifier: Apache-2.0
#include "server/net/address_rates.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace waggle::net {
namespace {

using namespace std::chrono_literals;

constexpr core_time start{10'000};

ip_address ip(std::string_view text) {
  return parse_ip_address(text).value();
}
ip_address numbered(unsigned n) {
  return ip("10." + std::to_string(n >> 16U) + "." + std::to_string(n >> 8U & 255U) + "." +
            std::to_string(n & 255U));
}

class AddressRates : public testing::Test {
 protected:
  /// How many of `count` newcomers at `now` are within the rates.
  int let_in(ip_address const& from, int count, core_time now) {
    int in = 0;
    for (; count > 0; --count) in += rates.arrive(from, now, limits) ? 0 : 1;
    return in;
  }

  address_limits limits{
      .connections_max = 0, .connections_per_second = 5, .failures_per_minute = 6};
  address_rates rates{{1, 2}};
};

TEST_F(AddressRates, LetFourSecondsWorthComeAtOnceAndThenTheRate) {
  auto const one = ip("203.0.113.7");

  EXPECT_EQ(let_in(one, 30, start), 20);
  EXPECT_EQ(let_in(one, 30, start + 1s), 5);
  EXPECT_EQ(let_in(one, 30, start + 1s), 0);
  EXPECT_EQ(let_in(ip("203.0.113.8"), 1, start + 1s), 1) << "another address is another matter";
  EXPECT_EQ(rates.arrive(one, start + 1s, limits), admission_reason::address_rate);
}

TEST_F(AddressRates, CountACustomerOfIpv6Once) {
  EXPECT_EQ(let_in(ip("2001:db8:1:2::1"), 20, start), 20);

  EXPECT_EQ(let_in(ip("2001:db8:1:2:ffff::1"), 1, start), 0);
  EXPECT_EQ(let_in(ip("2001:db8:1:3::1"), 1, start), 1);
}

TEST_F(AddressRates, LetNobodyComeFromWhereHandshakesKeepFailing) {
  auto const scanner = ip("203.0.113.7");
  for (int i = 0; i < 5; ++i) rates.fail(scanner, start, limits);
  EXPECT_EQ(let_in(scanner, 1, start), 1);

  rates.fail(scanner, start, limits);
  rates.fail(scanner, start, limits);

  EXPECT_EQ(rates.arrive(scanner, start, limits), admission_reason::address_failures);
  EXPECT_EQ(let_in(scanner, 1, start + 9s), 0);
  EXPECT_EQ(let_in(scanner, 1, start + 10s), 1) << "six a minute come back";
}

TEST_F(AddressRates, WithoutALimitNobodyIsOver) {
  limits = {.connections_max = 0, .connections_per_second = 0, .failures_per_minute = 0};
  auto const one = ip("203.0.113.7");
  for (int i = 0; i < 1'000; ++i) rates.fail(one, start, limits);

  EXPECT_EQ(let_in(one, 1'000, start), 1'000);
}

TEST_F(AddressRates, ForgetWhoeverHasBeenQuiet) {
  for (unsigned n = 0; n < 10'000; ++n) EXPECT_EQ(let_in(numbered(n), 1, start), 1);
  auto const most = rates.size();
  EXPECT_GT(most, 9'000U);

  for (unsigned n = 0; n < 20'000; ++n) let_in(numbered(100'000 + n), 1, start + 2min);

  EXPECT_LT(rates.size(), 21'000U);
}

TEST_F(AddressRates, RememberThoseThatFailUntilTheyHaveAMinuteOfPeace) {
  auto const scanner = ip("203.0.113.7");
  for (int i = 0; i < 6; ++i) rates.fail(scanner, start, limits);
  for (unsigned n = 0; n < 20'000; ++n) let_in(numbered(n), 1, start + 5s);

  EXPECT_EQ(rates.arrive(scanner, start + 5s, limits), admission_reason::address_failures);
}

TEST_F(AddressRates, AreBoundedWhateverNetworkAnAttackerHas) {
  for (unsigned n = 0; n < 200'000; ++n) {
    ip_address::v6_bytes bytes{0x20, 0x01, 0x0d, 0xb8};
    for (unsigned at = 0; at < 4; ++at) {
      bytes[4 + at] = static_cast<std::uint8_t>(n >> (24U - 8U * at));
    }
    for (int i = 0; i < 3; ++i) rates.fail(ip_address{bytes}, start, limits);
  }

  EXPECT_LE(rates.size(), address_rates::entries_max);
  EXPECT_GT(rates.size(), address_rates::entries_max / 2);
}

TEST_F(AddressRates, AreRightWhereSeveralThreadsCount) {
  limits.connections_per_second = 10'000;
  std::atomic<int> in{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int n = 0; n < 15'000; ++n) in += let_in(ip("203.0.113.7"), 1, start);
      });
    }
  }

  EXPECT_EQ(in, 40'000);
}

}  // namespace
}  // namespace waggle::net

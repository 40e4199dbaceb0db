// SPDX-License-Identifier: Apache-2.0
#include "server/core/ban_list.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace waggle::test {
namespace {

ip_network network(std::string const& text) {
  return parse_ip_network(text).value();
}
ip_address address(std::string const& text) {
  return parse_ip_address(text).value();
}

TEST(BanList, AnEmptyOneBansNobody) {
  ban_list const list;

  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(list.bans(address("192.0.2.1")));
  EXPECT_FALSE(list.bans(movie().hash()));
  EXPECT_FALSE(list.bans(peer(1)));
}

TEST(BanList, ANetworkHoldsItsAddressesAndNoOthers) {
  ban_list const list{
      {.addresses = {network("192.0.2.64/26"), network("2001:db8::/32"), network("198.51.100.7")}}};

  EXPECT_FALSE(list.bans(address("192.0.2.63")));
  EXPECT_TRUE(list.bans(address("192.0.2.64")));
  EXPECT_TRUE(list.bans(address("192.0.2.127")));
  EXPECT_FALSE(list.bans(address("192.0.2.128")));
  EXPECT_TRUE(list.bans(address("::ffff:192.0.2.100")));
  EXPECT_TRUE(list.bans(address("2001:db8:ffff::1")));
  EXPECT_FALSE(list.bans(address("2001:db9::")));
  EXPECT_TRUE(list.bans(address("198.51.100.7")));
  EXPECT_FALSE(list.bans(address("198.51.100.8")));
}

TEST(BanList, NetworksMayLieInEachOther) {
  ban_list const list{{.addresses = {network("10.1.0.0/16"), network("10.0.0.0/8"),
                                     network("10.255.0.0/16"), network("11.0.0.0/24")}}};

  EXPECT_TRUE(list.bans(address("10.200.0.1")));
  EXPECT_TRUE(list.bans(address("10.255.255.255")));
  EXPECT_TRUE(list.bans(address("11.0.0.1")));
  EXPECT_FALSE(list.bans(address("11.0.1.0")));
}

TEST(BanList, APrefixHoldsThePeerIdsThatBeginWithIt) {
  ban_list const list{{.hashes = {movie(7).hash()}, .peer_prefixes = {{0x00, 0x00}, {0xff}}}};

  EXPECT_TRUE(list.bans(movie(7).hash()));
  EXPECT_FALSE(list.bans(movie(8).hash()));
  EXPECT_TRUE(list.bans(peer(5)));
  peer_id other;
  other.value.fill(0xff);
  EXPECT_TRUE(list.bans(other));
  other.value[0] = 0xfe;
  EXPECT_FALSE(list.bans(other));
}

TEST(RangeSet, SaysWhatALookAtEachRangeSays) {
  std::mt19937 random{20261123};  // the same each time
  for (int round = 0; round < 300; ++round) {
    std::vector<range_set<int>::range> ranges;
    for (auto left = random() % 12; left > 0; --left) {
      auto const first = static_cast<int>(random() % 64);
      ranges.push_back({first, first + static_cast<int>(random() % 9)});
    }
    range_set<int> const set{ranges};
    for (int key = -1; key < 80; ++key) {
      bool const held = std::ranges::any_of(
          ranges, [&](auto const& one) { return one.first <= key && key <= one.last; });
      ASSERT_EQ(set.contains(key), held) << "round " << round << " key " << key;
    }
  }
}

}  // namespace
}  // namespace waggle::test

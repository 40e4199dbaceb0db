// SPDX-License-Identifier: Apache-2.0
#include "protocol/ip_address.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

using namespace std::string_view_literals;

ip_address address(std::string_view text) {
  auto const read = parse_ip_address(text);
  if (!read) ADD_FAILURE() << "no address: " << text;
  return read.value_or(ip_address{});
}

ip_network network(std::string_view text) {
  auto const read = parse_ip_network(text);
  if (!read) ADD_FAILURE() << "no network: " << text;
  return read.value_or(ip_network{});
}

TEST(IpAddress, IsWrittenAsItWasRead) {
  for (auto const text : {"0.0.0.0"sv, "192.0.2.7"sv, "255.255.255.255"sv, "::"sv, "::1"sv,
                          "2001:db8::1"sv, "2001:db8:1:2:3:4:5:6"sv}) {
    EXPECT_EQ(to_string(address(text)), text);
  }
  EXPECT_EQ(to_string(address("2001:0DB8:0:0::0001")), "2001:db8::1");
}

TEST(IpAddress, V4MappedIsIpv4) {
  EXPECT_EQ(address("::ffff:192.0.2.7"), address("192.0.2.7"));
  EXPECT_EQ(address("::ffff:c000:207"), address("192.0.2.7"));
  EXPECT_EQ(to_string(address("::FFFF:192.0.2.7")), "192.0.2.7");
  EXPECT_TRUE(address("::ffff:192.0.2.7").is_v4());
  EXPECT_FALSE(address("::192.0.2.7").is_v4());
  EXPECT_FALSE(address("2001:db8::1").is_v4());
}

TEST(IpAddress, NothingElseIsRead) {
  for (auto const text : {""sv,
                          "1.2.3"sv,
                          "1.2.3.4.5"sv,
                          "1.2.3.256"sv,
                          "01.2.3.4"sv,
                          "0x1.2.3.4"sv,
                          "1.2.3.4 "sv,
                          " 1.2.3.4"sv,
                          "1.2.3.4:80"sv,
                          "1.2.3.4\0"sv,
                          "1.2.3.4\0x"sv,
                          "[::1]"sv,
                          ":::"sv,
                          "1::2::3"sv,
                          "12345::"sv,
                          "fe80::1%eth0"sv,
                          "localhost"sv,
                          "1"sv,
                          "::ffff:1.2.3.256"sv,
                          "1.2.3.4/32"sv,
                          "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"sv}) {
    EXPECT_FALSE(parse_ip_address(text)) << text;
  }
  EXPECT_FALSE(parse_ip_address(std::string(100'000, '1')));
}

TEST(IpAddress, AreCountedByIpv4AddressAndByIpv6Customer) {
  EXPECT_EQ(counting_key(address("192.0.2.7")), address("192.0.2.7"));
  EXPECT_EQ(counting_key(address("2001:db8:1:2:3:4:5:6")), address("2001:db8:1:2::"));
  EXPECT_EQ(counting_key(address("2001:db8:1:2::1")), counting_key(address("2001:db8:1:2:ffff::")));
  EXPECT_NE(counting_key(address("2001:db8:1:2::1")), counting_key(address("2001:db8:1:3::1")));
  EXPECT_EQ(to_string(counting_network(address("2001:db8:1:2::1"))), "2001:db8:1:2::/64");
  EXPECT_EQ(to_string(counting_network(address("192.0.2.7"))), "192.0.2.7");
  EXPECT_NE(counting_key(address("192.0.2.7")), counting_key(address("192.0.2.8")));
}

TEST(IpNetwork, ContainsWhatBeginsWithItsBits) {
  EXPECT_TRUE(network("10.0.0.0/8").contains(address("10.255.255.255")));
  EXPECT_FALSE(network("10.0.0.0/8").contains(address("11.0.0.0")));
  EXPECT_TRUE(network("192.0.2.128/25").contains(address("192.0.2.128")));
  EXPECT_FALSE(network("192.0.2.128/25").contains(address("192.0.2.127")));
  EXPECT_TRUE(network("192.0.2.7").contains(address("192.0.2.7")));
  EXPECT_FALSE(network("192.0.2.7").contains(address("192.0.2.6")));
  EXPECT_TRUE(network("2001:db8::/33").contains(address("2001:db8:7fff::1")));
  EXPECT_FALSE(network("2001:db8::/33").contains(address("2001:db8:8000::1")));
  EXPECT_TRUE(network("10.0.0.0/8").contains(address("::ffff:10.1.2.3")));
  EXPECT_TRUE(network("::ffff:10.0.0.0/104").contains(address("10.1.2.3")));
}

TEST(IpNetwork, OfAllAddressesIsOfOneFamily) {
  EXPECT_TRUE(network("0.0.0.0/0").contains(address("203.0.113.9")));
  EXPECT_FALSE(network("0.0.0.0/0").contains(address("2001:db8::1")));
  EXPECT_TRUE(network("::/0").contains(address("2001:db8::1")));
  EXPECT_FALSE(network("::/0").contains(address("203.0.113.9")));
}

TEST(IpNetwork, KnowsTheRightNetworkWhereHostBitsAreSet) {
  EXPECT_EQ(network("10.1.2.3/8").aligned(), network("10.0.0.0/8"));
  EXPECT_NE(network("10.1.2.3/8").aligned(), network("10.1.2.3/8"));
  EXPECT_EQ(to_string(network("10.1.2.3/8").aligned()), "10.0.0.0/8");
  EXPECT_EQ(to_string(network("2001:db8::1/32").aligned()), "2001:db8::/32");
  EXPECT_EQ(network("10.0.0.0/8").aligned(), network("10.0.0.0/8"));
}

TEST(IpNetwork, WhatIsShownOfAnAddressTellsNobody) {
  EXPECT_EQ(to_string(shown_network(*parse_ip_address("192.0.2.77"))), "192.0.2.0/24");
  EXPECT_EQ(to_string(shown_network(*parse_ip_address("2001:db8:1:2:3:4:5:6"))), "2001:db8:1::/48");
}

TEST(IpNetwork, IsWrittenAsItWasRead) {
  for (auto const text : {"0.0.0.0/0"sv, "10.0.0.0/8"sv, "192.0.2.7"sv, "::/0"sv, "2001:db8::/32"sv,
                          "2001:db8::1"sv}) {
    EXPECT_EQ(to_string(network(text)), text);
  }
  EXPECT_EQ(to_string(network("192.0.2.7/32")), "192.0.2.7");
}

TEST(IpNetwork, NothingElseIsRead) {
  for (auto const text :
       {""sv, "/8"sv, "10.0.0.0/"sv, "10.0.0.0/33"sv, "::/129"sv, "::/256"sv, "10.0.0.0/08"sv,
        "10.0.0.0/-1"sv, "10.0.0.0/+8"sv, "10.0.0.0/8 "sv, "10.0.0.0/8/8"sv, "10/8"sv,
        "10.0.0.0/255.0.0.0"sv, "::ffff:0:0/90"sv, "example.org/8"sv, "10.0.0.0/8\0"sv}) {
    EXPECT_FALSE(parse_ip_network(text)) << text;
  }
}

TEST(IpNetwork, AListContainsWhatOneOfItContains) {
  auto const list = std::vector{network("10.0.0.0/8"), network("2001:db8::/32")};
  EXPECT_TRUE(contains(list, address("10.1.1.1")));
  EXPECT_TRUE(contains(list, address("2001:db8::7")));
  EXPECT_FALSE(contains(list, address("192.0.2.1")));
  EXPECT_FALSE(contains({}, address("10.1.1.1")));
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "protocol/proxy_header.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace waggle {

void PrintTo(proxy_header const& what, std::ostream* out) {
  *out << "state " << static_cast<int>(what.is) << " bytes " << what.bytes << " source "
       << (what.source ? to_string(*what.source) : "none");
}

namespace {

using namespace std::string_literals;
using state = proxy_header::state;

std::string const signature = "\r\n\r\n\0\r\nQUIT\n"s;
std::string const v4_addresses = "\xcb\x00\x71\x07\x0a\x00\x00\x01\x12\x67\x00\x50"s;

std::string v2(unsigned char version_and_command, unsigned char family_and_carrier,
               std::string const& rest) {
  auto const length = rest.size();
  return signature + static_cast<char>(version_and_command) +
         static_cast<char>(family_and_carrier) + static_cast<char>(length >> 8U) +
         static_cast<char>(length & 0xffU) + rest;
}

std::string v6_addresses(std::string const& source) {
  return source + std::string(16, '\0') + "\x12\x67\x00\x50"s;
}

proxy_header done(std::string const& header, char const* source) {
  return {state::done, header.size(), parse_ip_address(source)};
}

proxy_header without_address(std::string const& header) {
  return {state::done, header.size()};
}

TEST(ProxyHeader, OfVersion1NamesTheSource) {
  auto const v4 = "PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\n"s;
  EXPECT_EQ(read_proxy_header(v4), done(v4, "203.0.113.7"));
  auto const v6 = "PROXY TCP6 2001:db8::7 2001:db8::1 65535 0\r\n"s;
  EXPECT_EQ(read_proxy_header(v6), done(v6, "2001:db8::7"));
  auto const mapped = "PROXY TCP6 ::ffff:203.0.113.7 ::1 1 2\r\n"s;
  EXPECT_EQ(read_proxy_header(mapped), done(mapped, "203.0.113.7"));
}

TEST(ProxyHeader, OfVersion1MayKnowNothing) {
  auto const shortest = "PROXY UNKNOWN\r\n"s;
  EXPECT_EQ(read_proxy_header(shortest), without_address(shortest));
  auto const longest = "PROXY UNKNOWN "s + std::string(91, 'f') + "\r\n";
  ASSERT_EQ(longest.size(), 107U);
  EXPECT_EQ(read_proxy_header(longest), without_address(longest));
}

TEST(ProxyHeader, OfVersion1IsOneShortLine) {
  auto const endless = "PROXY UNKNOWN "s + std::string(92, 'f') + "\r\n";
  EXPECT_EQ(read_proxy_header(endless).is, state::bad);
  EXPECT_EQ(read_proxy_header(endless.substr(0, 106)).is, state::need_more);
  EXPECT_EQ(read_proxy_header(endless.substr(0, 107)).is, state::bad);
  for (auto const* const line :
       {"PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\n", "PROXY \n", "PROXY \r\n",
        "PROXY TCP5 203.0.113.7 10.0.0.1 4711 80\r\n", "PROXY TCP4\r\n", "PROXY UNKNOWNS\r\n",
        "PROXY TCP4 203.0.113.7 10.0.0.1 4711\r\n", "PROXY TCP4 203.0.113.7 10.0.0.1 4711 \r\n",
        "PROXY TCP4 203.0.113.7 10.0.0.1 4711 80 \r\n",
        "PROXY TCP4  203.0.113.7 10.0.0.1 4711 80\r\n",
        "PROXY TCP4 203.0.113.7 10.0.0.1 4711 65536\r\n",
        "PROXY TCP4 203.0.113.7 10.0.0.1 04711 80\r\n", "PROXY TCP4 203.0.113.7 10.0.0.1 -1 80\r\n",
        "PROXY TCP4 203.0.113.7 example.org 4711 80\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 4711 80\r\n",
        "PROXY TCP6 203.0.113.7 10.0.0.1 4711 80\r\n",
        "PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\r\n"}) {
    EXPECT_EQ(read_proxy_header(line).is, state::bad) << line;
  }
}

TEST(ProxyHeader, OfVersion2NamesTheSource) {
  auto const v4 = v2(0x21, 0x11, v4_addresses);
  EXPECT_EQ(read_proxy_header(v4), done(v4, "203.0.113.7"));
  auto const v6 =
      v2(0x21, 0x21, v6_addresses("\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07"));
  EXPECT_EQ(read_proxy_header(v6), done(v6, "2001:db8::7"));
  auto const mapped =
      v2(0x21, 0x21, v6_addresses(std::string(10, '\0') + "\xff\xff\xcb\x00\x71\x07"s));
  EXPECT_EQ(read_proxy_header(mapped), done(mapped, "203.0.113.7"));
}

TEST(ProxyHeader, OfVersion2MayCarryExtensions) {
  auto const header =
      v2(0x21, 0x11, v4_addresses + "\x02\x00\x03"s + "abc" + std::string(900, 'x'));
  EXPECT_EQ(read_proxy_header(header), done(header, "203.0.113.7"));
  auto const longest = v2(0x21, 0x11, v4_addresses + std::string(4096 - 16 - 12, 'x'));
  ASSERT_EQ(longest.size(), proxy_header_bytes_max);
  EXPECT_EQ(read_proxy_header(longest), done(longest, "203.0.113.7"));
  auto const too_long = v2(0x21, 0x11, v4_addresses + std::string(4096 - 16 - 11, 'x'));
  EXPECT_EQ(read_proxy_header(too_long.substr(0, 16)).is, state::bad);
}

TEST(ProxyHeader, OfVersion2MayKnowNothing) {
  for (auto const& header :
       {v2(0x20, 0x00, ""), v2(0x20, 0x11, v4_addresses), v2(0x20, 0xff, "junk"),
        v2(0x21, 0x00, ""), v2(0x21, 0x00, "junk"), v2(0x21, 0x12, v4_addresses),
        v2(0x21, 0x10, v4_addresses), v2(0x21, 0x31, std::string(216, 's'))}) {
    EXPECT_EQ(read_proxy_header(header), without_address(header));
  }
}

TEST(ProxyHeader, OfVersion2IsRefusedForWhatIsNotDefined) {
  for (auto const& header : {v2(0x11, 0x11, v4_addresses), v2(0x31, 0x11, v4_addresses),
                             v2(0x22, 0x11, v4_addresses), v2(0x21, 0x41, v4_addresses),
                             v2(0x21, 0x13, v4_addresses), v2(0x21, 0x11, v4_addresses.substr(1)),
                             v2(0x21, 0x21, v4_addresses), v2(0x21, 0x31, std::string(215, 's'))}) {
    EXPECT_EQ(read_proxy_header(header.substr(0, 16)).is, state::bad);
  }
}

TEST(ProxyHeader, ArrivesInPiecesAndEndsWhereTheClientBegins) {
  for (auto const& header : {"PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\n"s,
                             v2(0x21, 0x11, v4_addresses + "\x02\x00\x01x"s)}) {
    for (std::size_t part = 0; part < header.size(); ++part) {
      EXPECT_EQ(read_proxy_header(header.substr(0, part)).is, state::need_more) << part;
    }
    EXPECT_EQ(read_proxy_header(header + "GET / HTTP/1.1\r\n"), done(header, "203.0.113.7"));
  }
}

TEST(ProxyHeader, IsToldFromAnythingElseByItsFirstBytes) {
  for (auto const* const other : {"G", "GET / HTTP/1.1\r\n", "\x16\x03\x01", "PROXX", "PROXY\t",
                                  "proxy TCP4", "\r\n\r\n\r\n", " PROXY"}) {
    EXPECT_EQ(read_proxy_header(other).is, state::bad) << other;
  }
}

}  // namespace
}  // namespace waggle

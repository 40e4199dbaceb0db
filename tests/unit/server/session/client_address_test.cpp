// SPDX-License-Identifier: Apache-2.0
#include "server/session/client_address.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace waggle {

void PrintTo(client_address const& what, std::ostream* out) {
  *out << to_string(what.address) << " source " << static_cast<int>(what.source);
}

namespace {

constexpr auto x_forwarded_for = forwarded_field::x_forwarded_for;
constexpr auto forwarded = forwarded_field::forwarded;

ip_address address(std::string_view text) {
  return parse_ip_address(text).value();
}

client_address from_socket(std::string_view text) {
  return {address(text), address_source::socket};
}
client_address from_xff(std::string_view text) {
  return {address(text), address_source::x_forwarded_for};
}
client_address from_forwarded(std::string_view text) {
  return {address(text), address_source::forwarded};
}

proxy_trust trust(forwarded_field field) {
  return {{parse_ip_network("10.0.0.0/8").value(), parse_ip_network("fd00::/8").value()}, field};
}

client_address by_xff(std::string_view peer, std::string_view values) {
  return find_client(from_socket(peer), values, trust(x_forwarded_for));
}

client_address by_forwarded(std::string_view peer, std::string_view values) {
  return find_client(from_socket(peer), values, trust(forwarded));
}

TEST(ClientAddress, OfAStrangerIsTheSocketsWhateverItWrites) {
  EXPECT_EQ(by_xff("203.0.113.7", "198.51.100.1"), from_socket("203.0.113.7"));
  EXPECT_EQ(by_xff("203.0.113.7", "10.0.0.1"), from_socket("203.0.113.7"));
  EXPECT_EQ(by_forwarded("203.0.113.7", "for=198.51.100.1"), from_socket("203.0.113.7"));
  EXPECT_EQ(find_client(from_socket("203.0.113.7"), "198.51.100.1", {}),
            from_socket("203.0.113.7"));
}

TEST(ClientAddress, OfATrustedProxyThatSaysNothingIsItsOwn) {
  EXPECT_EQ(by_xff("10.0.0.1", ""), from_socket("10.0.0.1"));
  EXPECT_EQ(by_xff("10.0.0.1", " , ,"), from_socket("10.0.0.1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", ""), from_socket("10.0.0.1"));
}

TEST(ClientAddress, IsTheRightMostHopThatIsNotTrusted) {
  EXPECT_EQ(by_xff("10.0.0.1", "198.51.100.1"), from_xff("198.51.100.1"));
  EXPECT_EQ(by_xff("10.0.0.1", "1.1.1.1, 198.51.100.1"), from_xff("198.51.100.1"));
  EXPECT_EQ(by_xff("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.9.9.9,10.0.0.2"),
            from_xff("198.51.100.1"));
  EXPECT_EQ(by_xff("fd00::1", "1.1.1.1,2001:db8::5"), from_xff("2001:db8::5"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "for=1.1.1.1, for=198.51.100.1;proto=https, for=10.0.0.2"),
            from_forwarded("198.51.100.1"));
}

TEST(ClientAddress, IsTheLeftMostHopIfAllAreTrusted) {
  EXPECT_EQ(by_xff("10.0.0.1", "10.0.0.4,10.0.0.3,10.0.0.2"), from_xff("10.0.0.4"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "for=10.0.0.4,for=10.0.0.3"), from_forwarded("10.0.0.4"));
}

TEST(ClientAddress, IsTheLastHopUnderstoodWhereOneIsNoAddress) {
  for (auto const junk : {"unknown", "_hidden", "example.org", "1.2.3", "1.2.3.4.5", "1.2.3.4:x",
                          "1.2.3.4:", "1.2.3.4:123456", "[1.2.3.4]", "[::1", "[::1]80",
                          "[::1]:", "\"1.2.3.4\"", "1.2.3.4 5.6.7.8"}) {
    EXPECT_EQ(by_xff("10.0.0.1", junk), from_socket("10.0.0.1")) << junk;
    EXPECT_EQ(by_xff("10.0.0.1", std::string{"198.51.100.1,"} + junk + ",10.0.0.2"),
              from_xff("10.0.0.2"))
        << junk;
  }
  EXPECT_EQ(by_forwarded("10.0.0.1", "for=198.51.100.1, for=unknown, for=10.0.0.2"),
            from_forwarded("10.0.0.2"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "for=198.51.100.1, for=_hidden"), from_socket("10.0.0.1"));
}

TEST(ClientAddress, MayCarryAPort) {
  EXPECT_EQ(by_xff("10.0.0.1", "198.51.100.1:4711"), from_xff("198.51.100.1"));
  EXPECT_EQ(by_xff("10.0.0.1", "[2001:db8::1]:4711"), from_xff("2001:db8::1"));
  EXPECT_EQ(by_xff("10.0.0.1", "[2001:db8::1]"), from_xff("2001:db8::1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(for="198.51.100.1:4711")"), from_forwarded("198.51.100.1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(for="198.51.100.1:_port")"),
            from_forwarded("198.51.100.1"));
}

TEST(ClientAddress, IsOneWhetherMappedOrNot) {
  EXPECT_EQ(by_xff("::ffff:10.0.0.1", "::ffff:198.51.100.1"), from_xff("198.51.100.1"));
}

TEST(ClientAddress, IsReadFromTheSyntaxOfRfc7239) {
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(For="[2001:db8:cafe::17]:4711")"),
            from_forwarded("2001:db8:cafe::17"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "for=192.0.2.60;proto=http;by=203.0.113.43"),
            from_forwarded("192.0.2.60"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "proto=http ; FOR=192.0.2.60"), from_forwarded("192.0.2.60"));
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(for="1\92.0.2.60")"), from_forwarded("192.0.2.60"));
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(for=192.0.2.60;host="a,b;for=1.1.1.1\",for=2.2.2.2")"),
            from_forwarded("192.0.2.60"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "proto=http"), from_socket("10.0.0.1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "for"), from_socket("10.0.0.1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "for=1.1.1.1;for=2.2.2.2"), from_socket("10.0.0.1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(for="1.1.1.1"x)"), from_socket("10.0.0.1"));
}

TEST(ClientAddress, CannotBeHiddenBehindAQuoteLeftOpen) {
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(for="1.1.1.1, for=198.51.100.1)"),
            from_forwarded("198.51.100.1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", R"(for="\, for="[2001:db8::1]:1")"),
            from_forwarded("2001:db8::1"));
}

TEST(ClientAddress, IsReadFromOneFieldOnly) {
  EXPECT_EQ(by_xff("10.0.0.1", "for=198.51.100.1"), from_socket("10.0.0.1"));
  EXPECT_EQ(by_forwarded("10.0.0.1", "198.51.100.1"), from_socket("10.0.0.1"));
  EXPECT_EQ(name_of(x_forwarded_for), "X-Forwarded-For");
  EXPECT_EQ(name_of(forwarded), "Forwarded");
}

TEST(ClientAddress, OfAPeerFromAProxyHeaderKeepsItsSource) {
  client_address const peer{address("203.0.113.7"), address_source::proxy_protocol};
  EXPECT_EQ(find_client(peer, "1.1.1.1", trust(x_forwarded_for)), peer);
  client_address const inner{address("10.0.0.9"), address_source::proxy_protocol};
  EXPECT_EQ(find_client(inner, "198.51.100.1", trust(x_forwarded_for)), from_xff("198.51.100.1"));
}

TEST(ClientAddress, IsSoughtOverABoundedNumberOfHops) {
  std::string values = "198.51.100.1";
  for (int hop = 0; hop < forwarded_hops_max; ++hop) values += ",10.0.0." + std::to_string(hop);
  EXPECT_EQ(by_xff("10.0.0.1", values), from_xff("10.0.0.0"));
}

}  // namespace
}  // namespace waggle

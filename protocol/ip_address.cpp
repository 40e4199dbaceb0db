// SPDX-License-Identifier: Apache-2.0
#include "protocol/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace waggle {
namespace {

constexpr std::uint8_t v4_prefix_bits = 96;  // of the mapping
constexpr std::size_t v4_at = v4_prefix_bits / 8;
constexpr std::uint8_t customer_prefix_bits = 64;
constexpr std::uint8_t single_prefix_bits = 128;
constexpr std::uint8_t shown_v4_prefix_bits = v4_prefix_bits + 24;
constexpr std::uint8_t shown_v6_prefix_bits = 48;
constexpr std::array<std::uint8_t, v4_at> mapping{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

ip_address first_bits(ip_address const& of, std::size_t bits) {
  auto bytes = of.bytes();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto const kept = std::min<std::size_t>(bits - std::min(bits, at * 8), 8);
    bytes[at] = static_cast<std::uint8_t>(bytes[at] & (0xff00U >> kept));
  }
  return ip_address{bytes};
}

}  // namespace

ip_address::ip_address(v4_bytes const& bytes) {
  std::copy(mapping.begin(), mapping.end(), bytes_.begin());
  std::copy(bytes.begin(), bytes.end(), bytes_.begin() + v4_at);
}

bool ip_address::is_v4() const {
  return std::equal(mapping.begin(), mapping.end(), bytes_.begin());
}

std::optional<ip_address> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};  // the longest address has room for its NUL
  if (text.size() >= terminated.size()) return std::nullopt;
  // inet_pton would stop at a NUL and call what precedes it an address.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  ip_address::v4_bytes v4{};
  if (inet_pton(AF_INET, terminated.data(), v4.data()) == 1) return ip_address{v4};
  ip_address::v6_bytes v6{};
  if (inet_pton(AF_INET6, terminated.data(), v6.data()) == 1) return ip_address{v6};
  return std::nullopt;
}

std::string to_string(ip_address const& what) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  auto const* const bytes = what.bytes().data();
  if (what.is_v4()) {
    inet_ntop(AF_INET, bytes + v4_at, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, bytes, text.data(), text.size());
  }
  return text.data();
}

ip_network ip_network::aligned() const {
  return {first_bits(first, prefix_bits), prefix_bits};
}

bool ip_network::contains(ip_address const& which) const {
  return which.is_v4() == first.is_v4() && first_bits(which, prefix_bits) == aligned().first;
}

bool is_local(ip_address const& which) {
  static constexpr std::uint8_t v4 = v4_prefix_bits;
  static std::array const networks{
      ip_network{ip_address{ip_address::v4_bytes{10}}, v4 + 8},
      ip_network{ip_address{ip_address::v4_bytes{172, 16}}, v4 + 12},
      ip_network{ip_address{ip_address::v4_bytes{192, 168}}, v4 + 16},
      ip_network{ip_address{ip_address::v4_bytes{127}}, v4 + 8},
      ip_network{ip_address{ip_address::v4_bytes{169, 254}}, v4 + 16},
      ip_network{ip_address{ip_address::v6_bytes{0xfc}}, 7},
      ip_network{ip_address{ip_address::v6_bytes{0xfe, 0x80}}, 10},
      ip_network{*parse_ip_address("::1"), single_prefix_bits},
  };
  return contains(networks, which);
}

ip_network counting_network(ip_address const& of) {
  return ip_network{of, of.is_v4() ? single_prefix_bits : customer_prefix_bits}.aligned();
}

ip_address counting_key(ip_address const& of) {
  return counting_network(of).first;
}

ip_network shown_network(ip_address const& of) {
  return ip_network{of, of.is_v4() ? shown_v4_prefix_bits : shown_v6_prefix_bits}.aligned();
}

std::optional<ip_network> parse_ip_network(std::string_view text) {
  auto const slash = std::min(text.find('/'), text.size());
  auto const address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  ip_network network{*address, single_prefix_bits};
  if (slash == text.size()) return network;

  auto const digits = text.substr(slash + 1);
  auto const written_v6 = text.substr(0, slash).find(':') != std::string_view::npos;
  std::uint8_t const before = address->is_v4() && !written_v6 ? v4_prefix_bits : 0;
  std::uint8_t bits = 0;
  auto const [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  auto const canonical = !digits.empty() && (digits.front() != '0' || digits.size() == 1);
  if (error != std::errc{} || stop != digits.data() + digits.size() || !canonical) {
    return std::nullopt;
  }
  if (bits > single_prefix_bits - before) return std::nullopt;
  network.prefix_bits = static_cast<std::uint8_t>(bits + before);
  // "::ffff:0:0/90" would be neither an IPv4 network nor an IPv6 one.
  if (address->is_v4() && network.prefix_bits < v4_prefix_bits) return std::nullopt;
  return network;
}

std::string to_string(ip_network const& what) {
  auto text = to_string(what.first);
  if (what.prefix_bits == single_prefix_bits) return text;
  auto const before = what.first.is_v4() ? v4_prefix_bits : 0;
  return text + "/" + std::to_string(what.prefix_bits - before);
}

bool contains(std::span<ip_network const> networks, ip_address const& which) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](ip_network const& one) { return one.contains(which); });
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// IP addresses and networks as values: read and written strictly, compared, counted. IPv4 is kept
// as the v4-mapped IPv6 address it travels as (RFC 4291 section 2.5.5.2), so that one address has
// one value however it arrived. Pure.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

class ip_address {
 public:
  using v4_bytes = std::array<std::uint8_t, 4>;
  using v6_bytes = std::array<std::uint8_t, 16>;

  constexpr ip_address() = default;  // "::"
  constexpr explicit ip_address(v6_bytes const& bytes) : bytes_(bytes) {}
  explicit ip_address(v4_bytes const& bytes);

  /// IPv4 too if it is v4-mapped.
  [[nodiscard]] bool is_v4() const;
  /// In network order; of IPv4 the v4-mapped form.
  [[nodiscard]] v6_bytes const& bytes() const { return bytes_; }

  auto operator<=>(ip_address const&) const = default;

 private:
  v6_bytes bytes_{};
};

/// Reads "192.0.2.7", "2001:db8::1" or "::ffff:192.0.2.7" (which is the first again).
/// @return nothing for anything else: brackets, ports, zones, leading zeros, spaces, names.
[[nodiscard]] std::optional<ip_address> parse_ip_address(std::string_view text);

/// "192.0.2.7", or the shortest IPv6 form (RFC 5952).
[[nodiscard]] std::string to_string(ip_address const& what);

/// All addresses of one family that begin with the same bits.
struct ip_network {
  ip_address first;
  std::uint8_t prefix_bits = 0;  // of 128; IPv4 counts its mapping, so /8 is 104

  /// The network that `first` lies in: itself, unless bits behind the prefix are set.
  [[nodiscard]] ip_network aligned() const;
  /// An IPv6 network holds no IPv4 address, not even "::/0".
  [[nodiscard]] bool contains(ip_address const& which) const;

  bool operator==(ip_network const&) const = default;
};

/// Whether it has a meaning in one network only: private (RFC 1918, RFC 4193), loopback,
/// link-local.
[[nodiscard]] bool is_local(ip_address const& which);

/// Whose connections are counted together: an IPv4 address, of IPv6 the /64 that one customer has.
[[nodiscard]] ip_network counting_network(ip_address const& of);
/// Its first address, which names it.
[[nodiscard]] ip_address counting_key(ip_address const& of);

/// What is shown of a client's address: too little to tell whose it is. IPv4 /24, IPv6 /48.
[[nodiscard]] ip_network shown_network(ip_address const& of);

/// Reads "10.0.0.0/8", "2001:db8::/32", or a single address. Bits behind the prefix may be set:
/// the caller compares with aligned() where that is a mistake.
[[nodiscard]] std::optional<ip_network> parse_ip_network(std::string_view text);

/// The form that parse_ip_network() reads; a single address without its prefix.
[[nodiscard]] std::string to_string(ip_network const& what);

/// Whether one of `networks` contains it. O(networks).
[[nodiscard]] bool contains(std::span<ip_network const> networks, ip_address const& which);

}  // namespace waggle

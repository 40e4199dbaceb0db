// SPDX-License-Identifier: Apache-2.0
// Whose connection it is when it came through proxies: the right-most hop that is none of ours.
// Everything left of that hop was written by strangers and counts for nothing. Pure.
#pragma once

#include "protocol/ip_address.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace waggle {

/// Where an address was learned from; in the order of the metrics' label
/// (server/metrics/table.hpp).
enum class address_source : std::uint8_t { socket, proxy_protocol, forwarded, x_forwarded_for };

struct client_address {
  ip_address address;
  address_source source = address_source::socket;

  bool operator==(client_address const&) const = default;
};

/// The one field that the trusted proxies set. Only one is read: a proxy that sets the one passes
/// the other on as the client wrote it.
enum class forwarded_field : std::uint8_t { x_forwarded_for, forwarded };

/// "X-Forwarded-For", "Forwarded" (RFC 7239).
[[nodiscard]] std::string_view name_of(forwarded_field which);

struct proxy_trust {
  std::vector<ip_network> proxies;  // whose word is taken
  forwarded_field field = forwarded_field::x_forwarded_for;

  bool operator==(proxy_trust const&) const = default;

  [[nodiscard]] bool covers(ip_address const& which) const { return contains(proxies, which); }
};

/// Hops that are looked at, so that the work is bounded by more than the length of the head.
inline constexpr int forwarded_hops_max = 64;

/// @param peer    who connected: by the socket, or by a PROXY header.
/// @param values  of the field `trust.field`, all its lines in order, joined by commas.
/// @return `peer` unless it is trusted. Otherwise the first hop from the right that is not trusted;
///         the left-most if all are; the last one understood where a hop is no address ("unknown",
///         "_hidden", junk), since who is behind it cannot be told.
[[nodiscard]] client_address find_client(client_address const& peer, std::string_view values,
                                         proxy_trust const& trust);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The one thing that a STUN server without accounts does (RFC 8489): it tells who asks from which
// address it was heard. Datagrams in, datagrams out. Pure.
#pragma once

#include "protocol/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace waggle::stun {

/// A datagram that every path carries (RFC 8489 section 6.1); browsers send 20 bytes.
inline constexpr std::size_t request_bytes_max = 548;
/// The longest answer: the mapped IPv6 address and a fingerprint, or an error that names
/// attributes.
inline constexpr std::size_t answer_bytes_max = 64;
/// Attributes that an error names; further unknown ones are left out.
inline constexpr std::size_t unknown_named_max = 8;

/// From where a datagram came.
struct transport_address {
  ip_address address;
  std::uint16_t port = 0;

  bool operator==(transport_address const&) const = default;
};

enum class outcome : std::uint8_t {
  ignored,   // no Binding request: no answer, whatever it is
  answered,  // success
  refused,   // error 420: it asks for what nobody may leave out, and this server does not know
};

struct answer {
  outcome is = outcome::ignored;
  std::size_t bytes = 0;  // of `out`; never more than 32 more than the request had
};

/// Reads a datagram, and writes what is to be sent back to `from`. A fingerprint is checked where
/// there is one, and answered with one.
/// @param out  at least answer_bytes_max.
[[nodiscard]] answer answer_binding(std::span<std::uint8_t const> datagram,
                                    transport_address const& from, std::span<std::uint8_t> out);

}  // namespace waggle::stun

// SPDX-License-Identifier: Apache-2.0
// What a client lets slip of its software: the library by the prefix of its peer id (BEP 20), the
// browser by the User-Agent of its upgrade. Told by the client, so good for statistics only. Pure.
#pragma once

#include "protocol/ids.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace waggle {

/// What a peer id or a User-Agent tells of a client. Never longer than 32 bytes, printable.
struct client_name {
  std::string library;  // "WebTorrent", "p2p-media-loader", "Trystero", or the prefix as it came
  std::string version;  // "2.1"; empty: unknown

  bool operator==(client_name const&) const = default;
};

/// The part of a peer id that all peers of one program share, in eight bytes: what can be told
/// apart for a million connections without a string for each.
class client_key {
 public:
  client_key() = default;  // of nobody
  explicit client_key(peer_id const& peer);

  [[nodiscard]] client_name name() const;

  auto operator<=>(client_key const&) const = default;  // NOLINT(modernize-use-nullptr)

 private:
  static constexpr std::size_t prefix_bytes = 8;  // "-WW0201-"

  // All zero: nothing is known. The first byte only, '+': twenty letters and digits; "+W": native.
  std::array<char, prefix_bytes> prefix_{};
};

[[nodiscard]] inline client_name name_of(peer_id const& peer) {
  return client_key{peer}.name();
}

/// A browser and its major version in two bytes.
class browser_name {
 public:
  browser_name() = default;  // unknown
  explicit browser_name(std::string_view user_agent);

  /// "Chrome 131", "Firefox 128", "Node", ...; empty: unknown.
  [[nodiscard]] std::string text() const;

  auto operator<=>(browser_name const&) const = default;  // NOLINT(modernize-use-nullptr)

 private:
  static constexpr std::uint16_t version_bits = 11;
  static constexpr std::uint16_t version_max = (1U << version_bits) - 1;  // greater ones are this

  std::uint16_t packed_ = 0;  // family above, version below
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Identifiers that every layer shares: swarms, peers, sessions. Pure values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace waggle {

/// Twenty opaque bytes with a meaning of their own; two tags never compare or convert.
template <class Tag>
struct id20 {
  static constexpr std::size_t bytes = 20;

  std::array<std::uint8_t, bytes> value{};

  auto operator<=>(id20 const&) const = default;  // NOLINT(modernize-use-nullptr): sees its 0
};

/// What a client calls what it wants (BEP 3 info_hash). Other dialects digest their names to it.
using info_hash = id20<struct info_hash_tag>;

/// Whose swarm it is, where several share a server: a digest of the tenant's name
/// (core/tenant.hpp), the same on every node and after every restart.
enum class tenant_id : std::uint32_t { none = 0 };

/// What peers gather around: content, of one tenant. The same info hash of two tenants is two
/// swarms that have nothing in common, and so it is with those of trackers and those of the native
/// protocol. A decoder leaves the tenant open; the conversation, which knows whose its connection
/// is, fills it in.
struct swarm_id {
  static constexpr std::size_t bytes = info_hash::bytes;  // of `value`
  static constexpr std::uint32_t native_bit = 0x8000'0000;

  std::array<std::uint8_t, bytes> value{};
  tenant_id tenant = tenant_id::none;  // with native_bit where its peers speak the native protocol

  [[nodiscard]] constexpr info_hash hash() const { return {value}; }
  [[nodiscard]] constexpr tenant_id owner() const {
    return static_cast<tenant_id>(static_cast<std::uint32_t>(tenant) & ~native_bit);
  }
  [[nodiscard]] constexpr bool is_native() const { return tenant != owner(); }
  /// The swarm of the same name whose peers speak the native protocol.
  [[nodiscard]] constexpr swarm_id native() const {
    return {value, static_cast<tenant_id>(static_cast<std::uint32_t>(tenant) | native_bit)};
  }

  auto operator<=>(swarm_id const&) const = default;  // NOLINT(modernize-use-nullptr): likewise
};

/// What a client calls itself (BEP 3 peer_id). Chosen by the client, so never proof of anything.
using peer_id = id20<struct peer_id_tag>;

/// Names a token for revocation and counting, and tells nothing of what it holds: a digest of its
/// tenant and its jti, or of its text (server/auth/token_verifier.hpp).
using token_id = id20<struct token_id_tag>;

/// Names a session of a core for as long as it lives. A reference outlives its session: the
/// generation then no longer matches, the look-up misses, and that is normal.
struct session_ref {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // never 0 for a session that was opened
  std::uint16_t core = 0;
  std::uint16_t node = 0;  // 0 is this node

  auto operator<=>(session_ref const&) const = default;  // NOLINT(modernize-use-nullptr): likewise
};

}  // namespace waggle

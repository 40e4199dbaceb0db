// SPDX-License-Identifier: Apache-2.0
// Identifiers that every layer shares: swarms, peers, sessions. Pure values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace waggle {

using id_bytes = std::array<std::uint8_t, 20>;

namespace detail {

struct id_words {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint32_t third = 0;

  explicit id_words(id_bytes const& of) {
    std::memcpy(&first, of.data(), sizeof first);
    std::memcpy(&second, of.data() + 8, sizeof second);
    std::memcpy(&third, of.data() + 16, sizeof third);
  }
  [[nodiscard]] bool same_as(id_words const& other) const {
    return ((first ^ other.first) | (second ^ other.second) | (third ^ other.third)) == 0;
  }
};

/// As words, inline: every message looks for ids, and std::array would call memcmp.
[[nodiscard]] constexpr bool same_bytes(id_bytes const& one, id_bytes const& other) {
  if (std::is_constant_evaluated()) return one == other;
  return id_words{one}.same_as(id_words{other});
}

}  // namespace detail

/// Twenty opaque bytes with a meaning of their own; two tags never compare or convert.
template <class Tag>
struct id20 {
  static constexpr std::size_t bytes = std::tuple_size_v<id_bytes>;

  id_bytes value{};

  auto operator<=>(id20 const&) const = default;  // NOLINT(modernize-use-nullptr): sees its 0
  constexpr bool operator==(id20 const& other) const {
    return detail::same_bytes(value, other.value);
  }
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

  id_bytes value{};
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
  constexpr bool operator==(swarm_id const& other) const {
    return detail::same_bytes(value, other.value) && tenant == other.tenant;
  }
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

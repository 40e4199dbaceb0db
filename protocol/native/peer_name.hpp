// SPDX-License-Identifier: Apache-2.0
// Peer ids of the native protocol: 16 characters of base64url on the wire, with a head of four in
// front of them inside, where they stand beside those of trackers (BEP 20 style). Pure.
#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace waggle::native {

inline constexpr std::size_t peer_name_bytes = 16;
inline constexpr std::string_view peer_head = "-WG-";

/// Nothing for what is not 16 characters of `A-Z a-z 0-9 - _`.
[[nodiscard]] std::optional<peer_id> peer_from(std::string_view name);

/// As it stands on the wire; a view of `id`.
[[nodiscard]] std::string_view name_of(peer_id const& id);

/// @param random  12 bytes.
[[nodiscard]] peer_id make_peer(std::span<std::uint8_t const, 12> random);

}  // namespace waggle::native

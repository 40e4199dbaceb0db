// SPDX-License-Identifier: Apache-2.0
// An offer_id of 20 printable characters that says everything about its offer: whoever receives it,
// in whatever process, can check it and knows how long it took.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace waggle::load {

struct offer_facts {
  std::uint32_t client = 0;        // who made it; below 2^24
  std::uint32_t swarm = 0;         // below 2^24
  std::uint32_t sequence = 0;      // below 2^18: the how many-th of this client, modulo that
  std::uint64_t microseconds = 0;  // monotonic clock of the machine; below 2^48
};

inline constexpr std::size_t offer_id_bytes = 20;
inline constexpr char offer_id_mark = '~';  // the first character

[[nodiscard]] std::array<char, offer_id_bytes> write_offer_id(offer_facts const& facts);
/// Empty if it is none of ours.
[[nodiscard]] std::optional<offer_facts> read_offer_id(std::string_view text);

}  // namespace waggle::load

// SPDX-License-Identifier: Apache-2.0
// Hexadecimal digits of either case, as people and tools write ids. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace waggle {

[[nodiscard]] constexpr std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

/// @return false unless `text` is two digits for each byte of `out`.
[[nodiscard]] constexpr bool read_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t at = 0; at < out.size(); ++at) {
    auto const high = hex_digit(text[2 * at]);
    auto const low = hex_digit(text[2 * at + 1]);
    if (!high || !low) return false;
    out[at] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return true;
}

}  // namespace waggle

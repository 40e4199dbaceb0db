// SPDX-License-Identifier: Apache-2.0
#include "protocol/native/base64url.hpp"

#include <cstddef>

namespace waggle::native {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

bool is_base64url(char c) {
  return alphabet.find(c) != std::string_view::npos;
}

void append_base64url(std::span<std::uint8_t const> bytes, std::string& out) {
  std::uint32_t word = 0;
  unsigned bits = 0;
  for (auto const byte : bytes) {
    word = word << 8U | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += alphabet[word >> bits & 63U];
    }
  }
  if (bits != 0) out += alphabet[word << (6 - bits) & 63U];
}

bool read_base64url(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != (out.size() * 8 + 5) / 6) return false;
  std::uint32_t word = 0;
  unsigned bits = 0;
  std::size_t filled = 0;
  for (char const c : text) {
    auto const value = alphabet.find(c);
    if (value == std::string_view::npos) return false;
    word = word << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[filled++] = static_cast<std::uint8_t>(word >> bits);
  }
  // What is left over of the last character is zero, or two texts would mean the same.
  return (word & ((1U << bits) - 1)) == 0;
}

}  // namespace waggle::native

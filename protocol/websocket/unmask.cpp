// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/unmask.hpp"

#include <cstdint>
#include <cstring>

namespace waggle::websocket {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

inline void xor_word(char* at, std::uint64_t mask) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, word_bytes);
  word ^= mask;
  std::memcpy(at, &word, word_bytes);
}

}  // namespace

void unmask(std::span<char> bytes, mask_key const& mask, std::size_t payload_offset) {
  std::array<char, word_bytes> turned{};  // the mask twice, beginning with the byte due first
  for (std::size_t i = 0; i < word_bytes; ++i) turned[i] = mask[(payload_offset + i) % 4];
  std::uint64_t word = 0;
  std::memcpy(&word, turned.data(), word_bytes);

  char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 4 * word_bytes; left -= 4 * word_bytes, at += 4 * word_bytes) {
    xor_word(at, word);
    xor_word(at + word_bytes, word);
    xor_word(at + 2 * word_bytes, word);
    xor_word(at + 3 * word_bytes, word);
  }
  for (; left >= word_bytes; left -= word_bytes, at += word_bytes) xor_word(at, word);
  for (std::size_t i = 0; i < left; ++i) at[i] = static_cast<char>(at[i] ^ turned[i]);
}

}  // namespace waggle::websocket

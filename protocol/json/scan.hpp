// SPDX-License-Identifier: Apache-2.0
// The inner loop of reading JSON: nearly all bytes of a message lie inside strings, between two
// escapes. Never reads at or past `end`. Pure.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace waggle::json {

/// What ends a run of plain characters in a string: quote, backslash, control character.
[[nodiscard]] constexpr bool is_special_character(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

namespace detail {

constexpr std::uint64_t each_byte(std::uint64_t byte) {
  return byte * 0x0101'0101'0101'0101;
}

/// Bit 7 of each byte that is zero, and no other.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  constexpr auto low_bits = each_byte(0x7F);
  return ~(((word & low_bits) + low_bits) | word | low_bits);
}

/// Bit 7 of each of eight characters that is special.
constexpr std::uint64_t special_characters(std::uint64_t word) {
  return zero_bytes(word & each_byte(0xE0)) | zero_bytes(word ^ each_byte('"')) |
         zero_bytes(word ^ each_byte('\\'));
}

#if defined(__SSE2__)
/// Sixteen characters; of each answer a bit a character.
class sixteen {
 public:
  explicit sixteen(char const* at)
      : characters_(_mm_loadu_si128(reinterpret_cast<__m128i const*>(at))) {}

  [[nodiscard]] std::uint64_t special() const {
    return marks(_mm_or_si128(ends_mask(), equal('\\')));
  }
  [[nodiscard]] std::uint64_t ends() const { return marks(ends_mask()); }
  [[nodiscard]] std::uint64_t backslashes() const { return marks(equal('\\')); }
  [[nodiscard]] std::uint64_t line_letters() const {
    return marks(_mm_or_si128(equal('r'), equal('n')));
  }

 private:
  [[nodiscard]] __m128i equal(char c) const {
    return _mm_cmpeq_epi8(characters_, _mm_set1_epi8(c));
  }
  [[nodiscard]] __m128i ends_mask() const {
    auto const control =
        _mm_cmpeq_epi8(_mm_min_epu8(characters_, _mm_set1_epi8(0x1F)), characters_);
    return _mm_or_si128(control, equal('"'));
  }
  static std::uint64_t marks(__m128i of) { return static_cast<unsigned>(_mm_movemask_epi8(of)); }

  __m128i characters_;
};
#endif

}  // namespace detail

// Characters that are looked at in one go: in a short string, and where more are left. Every x86-64
// has SSE2; elsewhere a word does.
#if defined(__SSE2__)
inline constexpr std::ptrdiff_t small_block = 16;
inline constexpr std::ptrdiff_t large_block = 64;
#else
inline constexpr std::ptrdiff_t small_block = 8;
inline constexpr std::ptrdiff_t large_block = 8;
#endif

/// One bit for each special character of the next `Characters`, the first one lowest.
template <std::ptrdiff_t Characters>
[[nodiscard]] inline std::uint64_t special_marks(char const* at) {
#if defined(__SSE2__)
  std::uint64_t marks = 0;
  for (std::ptrdiff_t from = 0; from < Characters; from += small_block) {
    marks |= detail::sixteen{at + from}.special() << static_cast<unsigned>(from);
  }
  return marks;
#else
  static_assert(Characters == 8);
  std::uint64_t word = 0;
  for (unsigned byte = 0; byte < 8; ++byte) {  // one load where bytes are in this order
    word |= std::uint64_t{static_cast<unsigned char>(at[byte])} << 8 * byte;
  }
  return detail::special_characters(word) * 0x0002'0408'1020'4081 >> 56U;
#endif
}

#if defined(__SSE2__)
/// What the next large_block characters are, the first one lowest.
struct line_marks {
  std::uint64_t ends = 0;         // quotes and control characters
  std::uint64_t backslashes = 0;  // of these each is special
  std::uint64_t letters = 0;      // r and n

  explicit line_marks(char const* at) {
    for (unsigned from = 0; from < large_block; from += small_block) {
      detail::sixteen const part{at + from};
      ends |= part.ends() << from;
      backslashes |= part.backslashes() << from;
      letters |= part.line_letters() << from;
    }
  }
  /// Whether it has no escapes but the ends of lines, as a session description.
  [[nodiscard]] bool only_lines() const { return (backslashes << 1U & ~letters) == 0; }
};
#endif

/// The first special character from `at` on, or `end`.
[[nodiscard]] inline char const* find_special_character(char const* at, char const* end) {
  while (end - at >= small_block) {
    if (auto const marks = special_marks<small_block>(at); marks != 0) {
      return at + std::countr_zero(marks);
    }
    at += small_block;
  }
  return std::find_if(at, end, is_special_character);
}

}  // namespace waggle::json

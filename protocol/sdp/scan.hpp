// SPDX-License-Identifier: Apache-2.0
// The small steps of reading a session description: lines, fields, and what their characters are
// (RFC 8866 section 9). Every step looks at each byte a bounded number of times. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace waggle::sdp {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// ALPHA and DIGIT, of ASCII only.
[[nodiscard]] constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// token-char of RFC 8866.
[[nodiscard]] constexpr bool is_token_character(char c) {
  constexpr auto known = [] {
    std::array<bool, 256> table{};
    for (unsigned byte = 0; byte < table.size(); ++byte) {
      auto const as_char = static_cast<char>(byte);
      table[byte] = is_alphanumeric(as_char) ||
                    std::string_view{"!#$%&'*+-.^_`{|}~"}.find(as_char) != std::string_view::npos;
    }
    return table;
  }();
  return known[static_cast<unsigned char>(c)];
}

/// Whether there is nothing but ASCII from space to tilde in it.
[[nodiscard]] inline bool is_printable(std::string_view text) {
  constexpr auto each_byte = [](std::uint64_t byte) { return byte * 0x0101'0101'0101'0101; };
  // Eight at a time. Only a byte that is marked rightly can carry into its neighbour.
  std::uint64_t marks = 0;
  for (; text.size() >= sizeof marks; text.remove_prefix(sizeof marks)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    marks |= word | (word - each_byte(' ')) | (word + each_byte(1));
  }
  return (marks & each_byte(0x80)) == 0 &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

template <class Predicate>
[[nodiscard]] constexpr bool consists_of(std::string_view text, Predicate is_one) {
  return !text.empty() && std::ranges::all_of(text, is_one);
}

/// Up to `digits_max` digits, and at least one.
[[nodiscard]] constexpr bool is_number(std::string_view text, std::size_t digits_max) {
  return text.size() <= digits_max && consists_of(text, is_digit);
}

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// @param lower_case  has no capital letter.
[[nodiscard]] constexpr bool is_word(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

/// Whether `lower_case` stands anywhere in `text`, in letters of any case. A constant and short
/// `lower_case` keeps this linear.
[[nodiscard]] constexpr bool holds_word(std::string_view text, std::string_view lower_case) {
  return std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                     [](char c, char want) { return lower(c) == want; }) != text.end();
}

/// Cuts the next line off `text`: up to LF, without a CR before it, which both may end a line.
[[nodiscard]] constexpr std::string_view take_line(std::string_view& text) {
  auto const end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Cuts the next field off `line`: up to a space. Empty when there is none left.
[[nodiscard]] constexpr std::string_view take_field(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  auto const field = line.substr(0, line.find(' '));
  line.remove_prefix(field.size());
  return field;
}

}  // namespace waggle::sdp

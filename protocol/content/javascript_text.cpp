// SPDX-License-Identifier: Apache-2.0
// Source: Unicode 15 (simple and special case mapping), ECMA-262 section 22.1.3.28.
#include "protocol/content/javascript_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace waggle::content {
namespace {

// Every `step`-th letter from `first` to `last` is a capital, `distance` before its small letter.
struct capitals {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t step;
  std::int32_t distance;
};

// All of U+0041 to U+058F and U+1E00 to U+1EFF, in order. U+0130 has two small letters in a row and
// is not among them.
constexpr auto case_table = std::to_array<capitals>(
    {{0x041, 0x05A, 1, 32},      {0x0C0, 0x0D6, 1, 32},   {0x0D8, 0x0DE, 1, 32},
     {0x100, 0x12E, 2, 1},       {0x132, 0x136, 2, 1},    {0x139, 0x147, 2, 1},
     {0x14A, 0x176, 2, 1},       {0x178, 0x178, 2, -121}, {0x179, 0x17D, 2, 1},
     {0x181, 0x181, 2, 210},     {0x182, 0x184, 2, 1},    {0x186, 0x186, 2, 206},
     {0x187, 0x187, 2, 1},       {0x189, 0x18A, 1, 205},  {0x18B, 0x18B, 2, 1},
     {0x18E, 0x18E, 2, 79},      {0x18F, 0x18F, 2, 202},  {0x190, 0x190, 2, 203},
     {0x191, 0x191, 2, 1},       {0x193, 0x193, 2, 205},  {0x194, 0x194, 2, 207},
     {0x196, 0x196, 2, 211},     {0x197, 0x197, 2, 209},  {0x198, 0x198, 2, 1},
     {0x19C, 0x19C, 2, 211},     {0x19D, 0x19D, 2, 213},  {0x19F, 0x19F, 2, 214},
     {0x1A0, 0x1A4, 2, 1},       {0x1A6, 0x1A6, 2, 218},  {0x1A7, 0x1A7, 2, 1},
     {0x1A9, 0x1A9, 2, 218},     {0x1AC, 0x1AC, 2, 1},    {0x1AE, 0x1AE, 2, 218},
     {0x1AF, 0x1AF, 2, 1},       {0x1B1, 0x1B2, 1, 217},  {0x1B3, 0x1B5, 2, 1},
     {0x1B7, 0x1B7, 2, 219},     {0x1B8, 0x1B8, 2, 1},    {0x1BC, 0x1BC, 2, 1},
     {0x1C4, 0x1C4, 2, 2},       {0x1C5, 0x1C5, 2, 1},    {0x1C7, 0x1C7, 2, 2},
     {0x1C8, 0x1C8, 2, 1},       {0x1CA, 0x1CA, 2, 2},    {0x1CB, 0x1DB, 2, 1},
     {0x1DE, 0x1EE, 2, 1},       {0x1F1, 0x1F1, 2, 2},    {0x1F2, 0x1F4, 2, 1},
     {0x1F6, 0x1F6, 2, -97},     {0x1F7, 0x1F7, 2, -56},  {0x1F8, 0x21E, 2, 1},
     {0x220, 0x220, 2, -130},    {0x222, 0x232, 2, 1},    {0x23A, 0x23A, 2, 10795},
     {0x23B, 0x23B, 2, 1},       {0x23D, 0x23D, 2, -163}, {0x23E, 0x23E, 2, 10792},
     {0x241, 0x241, 2, 1},       {0x243, 0x243, 2, -195}, {0x244, 0x244, 2, 69},
     {0x245, 0x245, 2, 71},      {0x246, 0x24E, 2, 1},    {0x370, 0x372, 2, 1},
     {0x376, 0x376, 2, 1},       {0x37F, 0x37F, 2, 116},  {0x386, 0x386, 2, 38},
     {0x388, 0x38A, 1, 37},      {0x38C, 0x38C, 2, 64},   {0x38E, 0x38F, 1, 63},
     {0x391, 0x3A1, 1, 32},      {0x3A3, 0x3AB, 1, 32},   {0x3CF, 0x3CF, 2, 8},
     {0x3D8, 0x3EE, 2, 1},       {0x3F4, 0x3F4, 2, -60},  {0x3F7, 0x3F7, 2, 1},
     {0x3F9, 0x3F9, 2, -7},      {0x3FA, 0x3FA, 2, 1},    {0x3FD, 0x3FF, 1, -130},
     {0x400, 0x40F, 1, 80},      {0x410, 0x42F, 1, 32},   {0x460, 0x480, 2, 1},
     {0x48A, 0x4BE, 2, 1},       {0x4C0, 0x4C0, 2, 15},   {0x4C1, 0x4CD, 2, 1},
     {0x4D0, 0x52E, 2, 1},       {0x531, 0x556, 1, 48},   {0x1E00, 0x1E94, 2, 1},
     {0x1E9E, 0x1E9E, 2, -7615}, {0x1EA0, 0x1EFE, 2, 1}});

constexpr std::uint32_t capital_i_with_dot = 0x130;
constexpr std::uint32_t capital_sigma = 0x3A3;
constexpr std::uint32_t final_sigma = 0x3C2;
constexpr std::uint32_t combining_dot = 0x307;

capitals const* row_of(std::uint32_t letter) {
  auto const after = std::upper_bound(case_table.begin(), case_table.end(), letter,
                                      [](auto at, auto const& row) { return at < row.first; });
  if (after == case_table.begin()) return nullptr;
  auto const& row = *std::prev(after);
  auto const capital = letter <= row.last && (letter - row.first) % row.step == 0;
  return capital ? &row : nullptr;
}

std::uint32_t small(std::uint32_t letter) {
  auto const* const row = row_of(letter);
  return row == nullptr ? letter : letter + static_cast<std::uint32_t>(row->distance);
}

bool is_small(std::uint32_t letter) {
  return std::any_of(case_table.begin(), case_table.end(), [&](auto const& row) {
    auto const capital = letter - static_cast<std::uint32_t>(row.distance);
    return capital >= row.first && capital <= row.last && (capital - row.first) % row.step == 0;
  });
}

bool has_case(std::uint32_t letter) {
  return row_of(letter) != nullptr || is_small(letter) || letter == final_sigma;
}

struct decoded {
  std::uint32_t letter = 0;
  std::size_t bytes = 0;  // 0: none of two or three bytes, or no UTF-8
};

// All letters with a table row have at most three bytes.
decoded first_letter(std::string_view text) {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto const follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  if (text.empty()) return {};
  if (byte(0) < 0x80U) return {byte(0), 1};
  if ((byte(0) & 0xE0U) == 0xC0U && follows(1)) {
    return {(byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU), 2};
  }
  if ((byte(0) & 0xF0U) == 0xE0U && follows(1) && follows(2)) {
    return {(byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU), 3};
  }
  return {};
}

void append(std::string& text, std::uint32_t letter) {
  auto const tail = [&](unsigned shift) {
    text += static_cast<char>(0x80U | (letter >> shift & 0x3FU));
  };
  if (letter < 0x80U) {
    text += static_cast<char>(letter);
  } else if (letter < 0x800U) {
    text += static_cast<char>(0xC0U | letter >> 6U);
    tail(0);
  } else {
    text += static_cast<char>(0xE0U | letter >> 12U);
    tail(6);
    tail(0);
  }
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower;
  auto within_word = false;
  while (!text.empty()) {
    auto const [letter, bytes] = first_letter(text);
    if (bytes == 0) {
      lower += text.front();
      text.remove_prefix(1);
      within_word = false;
      continue;
    }
    text.remove_prefix(bytes);
    if (letter == capital_i_with_dot) {
      append(lower, 'i');
      append(lower, combining_dot);
    } else if (letter == capital_sigma && within_word && !has_case(first_letter(text).letter)) {
      append(lower, final_sigma);
    } else {
      append(lower, small(letter));
    }
    within_word = has_case(letter);
  }
  return lower;
}

std::string_view trimmed(std::string_view text) {
  constexpr auto spaces = std::to_array<std::string_view>({" ", "\xC2\xA0"});
  auto const before = text.size();
  for (auto const space : spaces) {
    if (text.starts_with(space)) text.remove_prefix(space.size());
    if (text.ends_with(space)) text.remove_suffix(space.size());
  }
  return text.size() == before ? text : trimmed(text);
}

std::string number_text(double number) {
  std::array<char, 32> digits{};
  auto const written =
      std::to_chars(digits.begin(), digits.end(), number, std::chars_format::fixed);
  return written.ec == std::errc{} ? std::string{digits.begin(), written.ptr} : std::string{};
}

std::optional<double> number_in(std::string_view text) {
  auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  double number = 0;
  auto const* const end = text.data() + text.size();
  auto const [behind, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || behind != end) return std::nullopt;
  return number;
}

}  // namespace waggle::content

// SPDX-License-Identifier: Apache-2.0
// Trusts its input to be a checked string: a reader saw every escape and every UTF-8 sequence.
#include "protocol/json/string.hpp"

#include "protocol/json/scan.hpp"

namespace waggle::json {
namespace {

constexpr char32_t hex_digit(char c) {
  if (c <= '9') return static_cast<char32_t>(c - '0');
  return static_cast<char32_t>((c | 0x20) - 'a' + 10);
}

constexpr char32_t hex4(char const* at) {
  return hex_digit(at[0]) << 12U | hex_digit(at[1]) << 8U | hex_digit(at[2]) << 4U |
         hex_digit(at[3]);
}

constexpr bool is_high_surrogate(char32_t c) {
  return c >= 0xD800 && c <= 0xDBFF;
}
constexpr bool is_low_surrogate(char32_t c) {
  return c >= 0xDC00 && c <= 0xDFFF;
}

constexpr char32_t byte(char c) {
  return static_cast<unsigned char>(c);
}

void append_wtf8(char32_t c, std::string& out) {
  auto const put = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | c >> 6U);
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | c >> 12U);
    put(0x80U | (c >> 6U & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | c >> 18U);
    put(0x80U | (c >> 12U & 0x3FU));
    put(0x80U | (c >> 6U & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

}  // namespace

bool code_points::next(char32_t& out) {
  if (at_ == end_) return false;
  if (*at_ == '\\') {
    out = escape();
  } else if (byte(*at_) < 0x80) {
    out = byte(*at_++);
  } else {
    out = multibyte();
  }
  return true;
}

bool code_points::take_bytes(std::span<std::uint8_t> out) {
  for (auto& each : out) {
    if (at_ == end_) return false;
    auto const lead = byte(*at_);
    if (lead == '\\') {
      auto const c = escape();
      if (c > 0xFF) return false;
      each = static_cast<std::uint8_t>(c);
    } else if (lead < 0x80) {
      each = static_cast<std::uint8_t>(lead);
      ++at_;
    } else {
      if (lead > 0xC3) return false;  // past U+00FF
      each = static_cast<std::uint8_t>(lead << 6U | (byte(at_[1]) & 0x3FU));
      at_ += 2;
    }
  }
  return true;
}

std::string_view code_points::take_run() {
  auto const* const begin = at_;
  at_ = find_special_character(at_, end_);  // a backslash, since the string is checked
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

char32_t code_points::escape() {
  auto const letter = at_[1];
  if (letter != 'u') {
    at_ += 2;
    switch (letter) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      default:
        return byte(letter);  // quote, backslash, slash
    }
  }
  auto const first = hex4(at_ + 2);
  at_ += 6;
  if (!is_high_surrogate(first) || end_ - at_ < 6 || at_[0] != '\\' || at_[1] != 'u') return first;
  auto const second = hex4(at_ + 2);
  if (!is_low_surrogate(second)) return first;
  at_ += 6;
  return 0x10000U + ((first - 0xD800U) << 10U) + (second - 0xDC00U);
}

char32_t code_points::multibyte() {
  auto const lead = byte(*at_);
  auto const tail = lead < 0xE0U ? 1 : lead < 0xF0U ? 2 : 3;
  auto c = lead & (0x3FU >> static_cast<unsigned>(tail));
  for (int i = 1; i <= tail; ++i) c = c << 6U | (byte(at_[i]) & 0x3FU);
  at_ += tail + 1;
  return c;
}

bool detail::escaped_equals(value const& text, std::string_view ascii) {
  code_points characters{text};
  char32_t c = 0;
  for (auto const expected : ascii) {
    if (!characters.next(c) || c != byte(expected)) return false;
  }
  return !characters.next(c);
}

bool unescape(value const& text, std::size_t bytes_max, std::string& out) {
  auto const before = out.size();
  code_points characters{text};
  for (char32_t c = 0;;) {
    auto const run = characters.take_run();
    if (run.size() > bytes_max - (out.size() - before)) break;
    out.append(run);
    if (!characters.next(c)) return true;
    append_wtf8(c, out);
    if (out.size() - before > bytes_max) break;
  }
  out.resize(before);
  return false;
}

}  // namespace waggle::json

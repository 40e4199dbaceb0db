// SPDX-License-Identifier: Apache-2.0
// The only place that knows the JSON grammar (RFC 8259). Never reads outside the text.
#include "protocol/json/reader.hpp"

#include "protocol/json/scan.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace waggle::json {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Characters of an escape sequence by the one behind the backslash; 0: it makes none.
constexpr std::uint8_t escape_bytes_after(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return 2;
    case 'u':
      return 6;
    default:
      return 0;
  }
}

constexpr auto escape_sizes = [] {
  std::array<std::uint8_t, 256> sizes{};
  for (unsigned c = 0; c < sizes.size(); ++c) sizes[c] = escape_bytes_after(static_cast<char>(c));
  return sizes;
}();

/// Characters of the escape sequence at `at` (a backslash); 0 if it is none.
std::ptrdiff_t escape_size(char const* at, char const* end) {
  if (end - at < 2) return 0;
  auto const size = escape_sizes[static_cast<unsigned char>(at[1])];
  if (size == 6 && (end - at < 6 || !std::all_of(at + 2, at + 6, is_hex))) return 0;
  return size;
}

/// The body of a string, a block of characters at a time.
struct string_walk {
  char const* at;  // the quote behind it, once it is closed
  char const* end;
  bool escaped = false;

  /// What the next `Characters` do: they are plain, end the string, or are none of JSON's.
  enum class step : std::uint8_t { on, closed, broken };

  template <std::ptrdiff_t Characters>
  step take_block() {
    auto marks = special_marks<Characters>(at);
    std::ptrdiff_t next = Characters;
    while (marks != 0) {
      auto const place = static_cast<std::ptrdiff_t>(std::countr_zero(marks));
      if (at[place] != '\\') return stop(at + place);
      auto const size = escape_size(at + place, end);
      if (size == 0) return step::broken;
      escaped = true;
      auto const behind = place + size;
      if (behind >= Characters) {
        next = behind;
        break;
      }
      marks &= ~std::uint64_t{0} << static_cast<unsigned>(behind);
    }
    at += next;
    return step::on;
  }

#if defined(__SSE2__)
  /// Nearly all of a message is session descriptions: what is in them is told apart for all
  /// characters at once.
  step take_lines() {
    line_marks const marks{at};
    if (!marks.only_lines()) return take_block<large_block>();
    auto const first_end = marks.ends & (~marks.ends + 1);
    escaped |= (marks.backslashes & (first_end - 1)) != 0;
    if (first_end != 0) return stop(at + std::countr_zero(first_end));
    at += marks.backslashes >> 63U != 0 ? large_block - 1 : large_block;  // its letter is behind
    return step::on;
  }
#else
  step take_lines() {
    return take_block<large_block>();
  }
#endif

  step take_one() {
    if (!is_special_character(*at)) {
      ++at;
      return step::on;
    }
    if (*at != '\\') return stop(at);
    auto const size = escape_size(at, end);
    escaped = true;
    at += size;
    return size == 0 ? step::broken : step::on;
  }

  step stop(char const* there) {
    at = there;
    return *at == '"' ? step::closed : step::broken;
  }

  /// Whether the string is closed.
  bool run() {
    auto went = step::on;
    if (end - at >= small_block) went = take_block<small_block>();  // most names end here
    while (went == step::on && end - at >= large_block) went = take_lines();
    while (went == step::on && end - at >= small_block) went = take_block<small_block>();
    while (went == step::on && at != end) went = take_one();
    return went == step::closed;
  }
};

char const* skip_digits(char const* at, char const* end) {
  return std::find_if_not(at, end, is_digit);
}

}  // namespace

reader::reader(std::string_view text, std::size_t depth_max)
    : at_(text.data()),
      end_(text.data() + text.size()),
      depth_max_(std::min(depth_max, depth_cap)) {
  if (text.empty() || !simdjson::validate_utf8(text)) fail(errc::not_json);
}

kind reader::peek() {
  skip_space();
  if (at_end()) return kind::null;
  switch (*at_) {
    case '{':
      return kind::object;
    case '[':
      return kind::array;
    case '"':
      return kind::string;
    case 't':
    case 'f':
      return kind::boolean;
    case 'n':
      return kind::null;
    default:
      return kind::number;
  }
}

value reader::take() {
  switch (peek()) {
    case kind::string:
      return take_string();
    case kind::number:
      return take_number();
    case kind::null:
      return take_literal(kind::null, "null");
    case kind::boolean:
      return *at_ == 't' ? take_literal(kind::boolean, "true")
                         : take_literal(kind::boolean, "false");
    case kind::array:
    case kind::object:
      break;
  }
  auto const is = peek();
  auto const* const begin = at_;
  auto const depth_before = depth_;
  value key;
  enter();
  while (depth_ > depth_before) {
    if (!(innermost_is_object() ? next_member(key) : next_item())) continue;
    if (auto const inner = peek(); inner == kind::object || inner == kind::array) {
      enter();
    } else {
      static_cast<void>(take());  // a scalar: no recursion
    }
  }
  if (error_ != errc::ok) return {};
  return {.is = is, .raw = {begin, static_cast<std::size_t>(at_ - begin)}};
}

void reader::enter() {
  auto const is = peek();
  if (is != kind::object && is != kind::array) return fail(errc::not_json);
  if (depth_ == depth_max_) return fail(errc::too_deep);
  ++at_;
  ++depth_;
  objects_ = objects_ << 1U | (is == kind::object ? 1U : 0U);
  first_ = true;
}

bool reader::next_item() {
  return next(']');
}

bool reader::next_member(value& key) {
  if (!next('}')) return false;
  skip_space();
  key = take_string();
  skip_space();
  if (at_end() || *at_ != ':') {
    fail(errc::not_json);
    return false;
  }
  ++at_;
  return true;
}

errc reader::finish() {
  skip_space();
  if (!at_end() || depth_ != 0) fail(errc::not_json);
  return error_;
}

void reader::skip_space() {
  while (!at_end() && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
}

void reader::fail(errc why) {
  if (error_ == errc::ok) error_ = why;
  at_ = end_;  // every later look finds nothing
  depth_ = 0;
}

bool reader::next(char close) {
  skip_space();
  if (depth_ == 0 || at_end()) {
    fail(errc::not_json);
    return false;
  }
  if (*at_ == close) {
    ++at_;
    --depth_;
    objects_ >>= 1U;
    first_ = false;
    return false;
  }
  if (first_) {
    first_ = false;
    return true;
  }
  if (*at_ != ',') {
    fail(errc::not_json);
    return false;
  }
  ++at_;
  return true;
}

value reader::take_string() {
  if (!at_end() && *at_ == '"') {
    string_walk body{.at = at_ + 1, .end = end_};
    if (body.run()) {
      auto const* const begin = at_;
      at_ = body.at + 1;
      return {.is = kind::string,
              .escaped = body.escaped,
              .raw = {begin, static_cast<std::size_t>(at_ - begin)}};
    }
  }
  fail(errc::not_json);
  return {};
}

value reader::take_number() {
  auto const* const begin = at_;
  auto const* at = at_;
  auto const digits = [&] {  // at least one
    auto const* const from = at;
    at = skip_digits(at, end_);
    return at != from;
  };
  auto const here = [&](char c) { return at != end_ && *at == c; };

  if (here('-')) ++at;
  bool valid = true;
  if (here('0')) {
    ++at;
  } else {
    valid = digits();
  }
  if (valid && here('.')) {
    ++at;
    valid = digits();
  }
  if (valid && (here('e') || here('E'))) {
    ++at;
    if (here('+') || here('-')) ++at;
    valid = digits();
  }
  if (!valid) {
    fail(errc::not_json);
    return {};
  }
  at_ = at;
  return {.is = kind::number, .raw = {begin, static_cast<std::size_t>(at - begin)}};
}

value reader::take_literal(kind is, std::string_view word) {
  auto const left = std::string_view{at_, static_cast<std::size_t>(end_ - at_)};
  if (!left.starts_with(word)) {
    fail(errc::not_json);
    return {};
  }
  at_ += word.size();
  return {.is = is, .raw = left.substr(0, word.size())};
}

}  // namespace waggle::json

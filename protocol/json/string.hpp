// SPDX-License-Identifier: Apache-2.0
// What the text of a checked JSON string means: escapes resolved, surrogates paired where they can
// be and kept where they cannot (WTF-8, https://simonsapin.github.io/wtf-8/). Pure.
#pragma once

#include "protocol/json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace waggle::json {

/// The characters of a string one by one, as JSON.parse would give them to a `for of` loop.
class code_points {
 public:
  /// @param text  a string value taken from a reader (checked, quotes included).
  explicit code_points(value const& text)
      : at_(text.raw.data() + 1), end_(text.raw.data() + text.raw.size() - 1) {}

  [[nodiscard]] bool at_end() const { return at_ == end_; }

  /// @return false at the end. A surrogate without its partner comes as itself, U+D800..U+DFFF.
  [[nodiscard]] bool next(char32_t& out);

  /// A binary string: the next characters, each at most U+00FF, one a byte.
  /// @return false if there are fewer, or if one is none of these.
  [[nodiscard]] bool take_bytes(std::span<std::uint8_t> out);

  /// Steps over the characters before the next escape, and returns them: UTF-8, often empty.
  [[nodiscard]] std::string_view take_run();

 private:
  [[nodiscard]] char32_t escape();
  [[nodiscard]] char32_t multibyte();

  char const* at_;
  char const* end_;
};

namespace detail {
[[nodiscard]] bool escaped_equals(value const& text, std::string_view ascii);
}

/// Whether `text` is a string and means exactly `ascii`.
[[nodiscard]] inline bool equals(value const& text, std::string_view ascii) {
  if (text.escaped) return detail::escaped_equals(text, ascii);
  return text.is == kind::string && text.raw.size() == ascii.size() + 2 &&
         text.raw.substr(1, ascii.size()) == ascii;
}

/// Appends what the string means to `out` as WTF-8. Two strings that are equal in JavaScript append
/// equal bytes, however they were escaped.
/// @return false if that takes more than `bytes_max` bytes; `out` is then as before.
[[nodiscard]] bool unescape(value const& text, std::size_t bytes_max, std::string& out);

}  // namespace waggle::json

// SPDX-License-Identifier: Apache-2.0
// Appends JSON text to a string. It knows how values look, not where they may stand: commas, colons
// and brackets are the caller's literals. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace waggle::json {

class writer {
 public:
  explicit writer(std::string& out) : out_(out) {}

  /// JSON text as it is: punctuation, literals, checked slices.
  writer& raw(std::string_view json) {
    out_.append(json);
    return *this;
  }

  writer& number(std::uint64_t value);

  /// A string with quotes and escapes. @param utf8  must be valid UTF-8.
  writer& text(std::string_view utf8);

  /// Bytes as a "binary string": byte n becomes the character U+00nn, as JSON.stringify would write
  /// a string made of those characters.
  writer& binary(std::span<std::uint8_t const> bytes);

 private:
  std::string& out_;
};

}  // namespace waggle::json

// SPDX-License-Identifier: Apache-2.0
// UTF-8 validation of text that arrives in pieces. A piece is refused at the first byte that no
// valid text could have in its place, so a bad text fails before its end (RFC 6455 §8.1). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace waggle::websocket {

/// Well-formed sequences as in Unicode 15 table 3-7: no overlong forms, no surrogates, nothing
/// above U+10FFFF.
class utf8_validator {
 public:
  /// Takes the next piece. O(piece); vectorised for long pieces.
  /// @return false as soon as the text cannot become valid any more. Not to be used after that.
  [[nodiscard]] bool feed(std::string_view piece);

  /// Whether the text could end here: no code point is incomplete.
  [[nodiscard]] bool complete() const { return missing_ == 0; }

 private:
  [[nodiscard]] bool step(unsigned char byte);

  std::uint8_t missing_ = 0;  // continuation bytes that the current code point still needs, 0-3
  std::uint8_t low_ = 0x80;   // range of the next continuation byte
  std::uint8_t high_ = 0xBF;
};

/// Whether `text` is valid and complete.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace waggle::websocket

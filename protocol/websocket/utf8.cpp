// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/utf8.hpp"

#include <simdjson.h>

namespace waggle::websocket {
namespace {

// Below this the table-driven loop is at least as fast as a call through simdjson's dispatch.
constexpr std::size_t vector_bytes_min = 32;

/// The bytes at the end of `text` that may be the beginning of a code point whose rest is still to
/// come: from the last lead byte on, if it is among the last three bytes.
std::size_t open_end_bytes(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    auto const byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte >= 0xC0) return back;
    if (byte < 0x80) return 0;
  }
  return 0;
}

}  // namespace

bool utf8_validator::step(unsigned char byte) {
  if (missing_ > 0) {
    if (byte < low_ || byte > high_) return false;
    --missing_;
    low_ = 0x80;
    high_ = 0xBF;
    return true;
  }
  if (byte < 0x80) return true;
  if (byte < 0xC2) return false;  // a stray continuation byte, or an overlong form of ASCII
  if (byte < 0xE0) {
    missing_ = 1;
  } else if (byte < 0xF0) {
    missing_ = 2;
    if (byte == 0xE0) low_ = 0xA0;   // below: overlong
    if (byte == 0xED) high_ = 0x9F;  // above: surrogates
  } else if (byte < 0xF5) {
    missing_ = 3;
    if (byte == 0xF0) low_ = 0x90;   // below: overlong
    if (byte == 0xF4) high_ = 0x8F;  // above: past U+10FFFF
  } else {
    return false;
  }
  return true;
}

bool utf8_validator::feed(std::string_view piece) {
  if (piece.size() >= vector_bytes_min) {
    while (missing_ > 0) {
      if (!step(static_cast<unsigned char>(piece.front()))) return false;
      piece.remove_prefix(1);
    }
    auto const whole = piece.size() - open_end_bytes(piece);
    if (!simdjson::validate_utf8(piece.data(), whole)) return false;
    piece.remove_prefix(whole);
  }
  for (char const byte : piece)
    if (!step(static_cast<unsigned char>(byte))) return false;
  return true;
}

bool is_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace waggle::websocket

// SPDX-License-Identifier: Apache-2.0
// Writes client frames, reads server frames (RFC 6455 section 5.2).
#include "tests/support/frame.hpp"

#include <array>
#include <stdexcept>

namespace waggle::test {
namespace {

void append_number(std::string& to, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    to.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char const c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

void require(bool holds, char const* what) {
  if (!holds) throw std::runtime_error(std::string{"the server breaks RFC 6455: "} + what);
}

}  // namespace

std::string encode(frame const& from, frame_style const& style) {
  std::string made;
  auto const first = (from.fin ? 0x80U : 0U) | static_cast<unsigned>(from.reserved) << 4 |
                     static_cast<unsigned>(from.op);
  made.push_back(static_cast<char>(first));

  auto const mask_bit = style.masked ? 0x80U : 0U;
  auto const size = from.payload.size();
  auto form = style.length;
  if (form == length_form::minimal && size > 0xffff) form = length_form::eight_bytes;
  if (form == length_form::minimal && size > 125) form = length_form::two_bytes;
  switch (form) {
    case length_form::minimal:
      made.push_back(static_cast<char>(mask_bit | size));
      break;
    case length_form::two_bytes:
      made.push_back(static_cast<char>(mask_bit | 126U));
      append_number(made, size, 2);
      break;
    case length_form::eight_bytes:
      made.push_back(static_cast<char>(mask_bit | 127U));
      append_number(made, size, 8);
      break;
  }
  if (!style.masked) return made + from.payload;

  append_number(made, style.mask, 4);
  std::array<unsigned char, 4> const key{
      static_cast<unsigned char>(style.mask >> 24), static_cast<unsigned char>(style.mask >> 16),
      static_cast<unsigned char>(style.mask >> 8), static_cast<unsigned char>(style.mask)};
  auto const body = made.size();
  made += from.payload;
  for (std::size_t i = 0; i < size; ++i)
    made[body + i] = static_cast<char>(static_cast<unsigned char>(made[body + i]) ^ key[i % 4]);
  return made;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string made;
  append_number(made, code, 2);
  return made.append(reason);
}

std::optional<frame> take_server_frame(std::string& bytes) {
  if (bytes.size() < 2) return {};
  auto const first = static_cast<unsigned char>(bytes[0]);
  auto const second = static_cast<unsigned char>(bytes[1]);
  frame made{.op = static_cast<opcode>(first & 0x0f),
             .fin = (first & 0x80) != 0,
             .reserved = static_cast<std::uint8_t>(first >> 4 & 7)};
  require(made.reserved == 0, "reserved bits are set");
  require(made.op <= opcode::binary || (made.op >= opcode::close && made.op <= opcode::pong),
          "unknown opcode");
  require((second & 0x80) == 0, "masked");

  std::size_t head = 2;
  std::uint64_t size = second & 0x7f;
  if (size >= 126) {
    std::size_t const length_bytes = size == 126 ? 2 : 8;
    require(made.op < opcode::close, "long control frame");
    if (bytes.size() < head + length_bytes) return {};
    size = number(std::string_view{bytes}.substr(head, length_bytes));
    require(size > (length_bytes == 2 ? 125U : 0xffffU), "length not in its shortest form");
    head += length_bytes;
  }
  require(made.fin || made.op < opcode::close, "fragmented control frame");
  if (bytes.size() - head < size) return {};
  made.payload = bytes.substr(head, size);
  bytes.erase(0, head + size);
  return made;
}

}  // namespace waggle::test

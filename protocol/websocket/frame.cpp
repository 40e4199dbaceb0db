// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/frame.hpp"

#include <algorithm>

namespace waggle::websocket {
namespace {

constexpr std::size_t fixed_bytes = 2;
constexpr std::uint8_t length_is_16_bits = 126;
constexpr std::uint8_t length_is_64_bits = 127;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

bool is_known(opcode type) {
  return type <= opcode::binary || (type >= opcode::close && type <= opcode::pong);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char const byte : bytes) value = value << 8U | static_cast<std::uint8_t>(byte);
  return value;
}

head_result violation(std::string_view why) {
  return {.state = head_state::violation, .why = why};
}

}  // namespace

head_result decode_head(std::string_view bytes, frame_sender sender) {
  if (bytes.empty()) return {};
  frame_head head;
  auto const first = byte_at(bytes, 0);
  head.type = static_cast<opcode>(first & 0x0FU);
  head.fin = (first & 0x80U) != 0;
  if ((first & 0x70U) != 0) return violation("reserved bit set");
  if (!is_known(head.type)) return violation("reserved opcode");
  if (is_control(head.type) && !head.fin) return violation("fragmented control frame");

  if (bytes.size() < fixed_bytes) return {};
  auto const second = byte_at(bytes, 1);
  bool const masked = (second & 0x80U) != 0;
  std::uint8_t const short_length = second & 0x7FU;
  if (masked != (sender == frame_sender::client))
    return violation(masked ? "masked frame from a server" : "unmasked frame from a client");
  if (is_control(head.type) && short_length > control_payload_bytes_max)
    return violation("control frame too long");

  std::size_t length_bytes = 0;
  if (short_length == length_is_16_bits) length_bytes = 2;
  if (short_length == length_is_64_bits) length_bytes = 8;
  if (length_bytes == 8 && bytes.size() > fixed_bytes && (byte_at(bytes, fixed_bytes) & 0x80U) != 0)
    return violation("length with its top bit set");
  if (bytes.size() < fixed_bytes + length_bytes) return {};
  head.payload_bytes =
      length_bytes == 0 ? short_length : big_endian(bytes.substr(fixed_bytes, length_bytes));
  // RFC 6455 §5.2: the minimal number of bytes must be used.
  if ((length_bytes == 2 && head.payload_bytes < length_is_16_bits) ||
      (length_bytes == 8 && head.payload_bytes <= 0xFFFF))
    return violation("length not in its shortest form");

  std::size_t const mask_at = fixed_bytes + length_bytes;
  std::size_t const head_bytes = mask_at + (masked ? head.mask.size() : 0);
  if (bytes.size() < head_bytes) return {};
  if (masked)
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(mask_at), 4, head.mask.begin());
  head.head_bytes = static_cast<std::uint8_t>(head_bytes);
  return {.state = head_state::complete, .head = head};
}

}  // namespace waggle::websocket

// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/frame_writer.hpp"

namespace waggle::websocket {
namespace {

constexpr std::size_t begun_head_bytes = 4;  // right for most messages that are worth not moving
constexpr std::size_t status_bytes = 2;
constexpr unsigned fin_bit = 0x80;
constexpr unsigned masked_bit = 0x80;

struct first_bytes {
  unsigned byte0 = 0;
  unsigned mask_flag = 0;
};

/// Writes everything in front of the mask and returns its size.
std::size_t write_head(std::span<char, server_head_bytes_max> out, first_bytes first,
                       std::size_t payload_bytes) {
  std::size_t length_bytes = 0;
  auto short_length = static_cast<unsigned>(payload_bytes);
  if (payload_bytes > 0xFFFF) {
    length_bytes = 8;
    short_length = 127;
  } else if (payload_bytes > 125) {
    length_bytes = 2;
    short_length = 126;
  }
  out[0] = static_cast<char>(first.byte0);
  out[1] = static_cast<char>(first.mask_flag | short_length);
  std::uint64_t const length = payload_bytes;
  for (std::size_t i = 0; i < length_bytes; ++i)
    out[2 + i] = static_cast<char>(length >> (8 * (length_bytes - 1 - i)) & 0xFFU);
  return 2 + length_bytes;
}

std::string_view cut_to_code_points(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

std::size_t frame_header(std::span<char, server_head_bytes_max> out, opcode type,
                         std::size_t payload_bytes) {
  return write_head(out, {.byte0 = fin_bit | static_cast<unsigned>(type)}, payload_bytes);
}

void append_frame(std::string& out, opcode type, std::string_view payload) {
  std::array<char, server_head_bytes_max> head{};
  auto const head_bytes = frame_header(head, type, payload.size());
  out.append(head.data(), head_bytes);
  out.append(payload);
}

std::size_t begin_frame(std::string& out) {
  auto const mark = out.size();
  out.append(begun_head_bytes, '\0');
  return mark;
}

void end_frame(std::string& out, std::size_t mark, opcode type) {
  std::array<char, server_head_bytes_max> head{};
  auto const head_bytes = frame_header(head, type, out.size() - mark - begun_head_bytes);
  out.replace(mark, begun_head_bytes, head.data(), head_bytes);
}

void append_close(std::string& out, close_code status, std::string_view reason) {
  auto const value = static_cast<std::uint16_t>(status);
  if (!may_be_sent(value)) {
    append_frame(out, opcode::close, {});
    return;
  }
  reason = cut_to_code_points(reason, control_payload_bytes_max - status_bytes);
  std::array<char, server_head_bytes_max> head{};
  auto const head_bytes = frame_header(head, opcode::close, status_bytes + reason.size());
  out.append(head.data(), head_bytes);
  out.push_back(static_cast<char>(value >> 8U));
  out.push_back(static_cast<char>(value & 0xFFU));
  out.append(reason);
}

void append_masked_frame(std::string& out, masked_frame const& frame) {
  std::array<char, server_head_bytes_max> head{};
  auto const byte0 = (frame.fin ? fin_bit : 0U) | (frame.rsv & 7U) << 4U |
                     (static_cast<unsigned>(frame.type) & 0x0FU);
  auto const head_bytes =
      write_head(head, {.byte0 = byte0, .mask_flag = masked_bit}, frame.payload.size());
  out.append(head.data(), head_bytes);
  out.append(frame.mask.data(), frame.mask.size());
  auto const payload_at = out.size();
  out.append(frame.payload);
  unmask(std::span{out}.subspan(payload_at), frame.mask, 0);
}

}  // namespace waggle::websocket

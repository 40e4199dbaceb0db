// SPDX-License-Identifier: Apache-2.0
// Writing RFC 6455 frames behind each other into a string: unmasked as a server does, and masked
// (also wrongly, on purpose) for clients and tests. Pure.
#pragma once

#include "protocol/websocket/close_code.hpp"
#include "protocol/websocket/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace waggle::websocket {

inline constexpr std::size_t server_head_bytes_max = 10;

/// Writes the head of an unmasked, final frame, for a caller that gathers head and payload.
/// @return how many bytes of `out` it takes: 2, 4 or 10.
[[nodiscard]] std::size_t frame_header(std::span<char, server_head_bytes_max> out, opcode type,
                                       std::size_t payload_bytes);

/// Appends one unmasked, final frame.
void append_frame(std::string& out, opcode type, std::string_view payload);

/// Begins an unmasked, final frame whose payload the caller appends to `out`.
/// @return the mark that end_frame() wants.
[[nodiscard]] std::size_t begin_frame(std::string& out);

/// Completes the frame begun at `mark`; everything behind the mark is its payload. The payload
/// stays where it is from 126 to 65,535 bytes and moves otherwise.
void end_frame(std::string& out, std::size_t mark, opcode type);

/// Appends a close frame. Without a text of its own it carries the one of the table.
/// A status that may not be sent (no_status, abnormal, ...) gives a close frame with empty body.
/// @param reason  UTF-8; cut to 123 bytes at the border of a code point.
void append_close(std::string& out, close_code status, std::string_view reason);
inline void append_close(std::string& out, close_code status) {
  append_close(out, status, close_text(status));
}

/// A frame as a client sends it. Nothing is checked, so that tests can break every rule.
struct masked_frame {
  opcode type = opcode::text;
  std::string_view payload = {};
  bool fin = true;
  std::uint8_t rsv = 0;  // the three reserved bits, 0-7
  mask_key mask{0x37, 0x51, 0x2B, 0x6E};
};

void append_masked_frame(std::string& out, masked_frame const& frame);

}  // namespace waggle::websocket

// SPDX-License-Identifier: Apache-2.0
// The head of one RFC 6455 frame (§5.2): its parts, and reading it from bytes that may stop
// anywhere. Knows single frames only; what frames may follow each other is message_reader's. Pure.
#pragma once

#include "protocol/websocket/unmask.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace waggle::websocket {

enum class opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};

[[nodiscard]] constexpr bool is_control(opcode type) {
  return (static_cast<std::uint8_t>(type) & 0x8U) != 0;
}

inline constexpr std::size_t control_payload_bytes_max = 125;  // RFC 6455 §5.5
inline constexpr std::size_t frame_head_bytes_max = 14;        // 2 + 8 of length + 4 of mask

/// Who wrote the frame: a client must mask, a server must not (RFC 6455 §5.1).
enum class frame_sender : std::uint8_t { client, server };

struct frame_head {
  opcode type = opcode::continuation;
  bool fin = false;
  std::uint8_t head_bytes = 0;      // all of the head, the mask included
  std::uint64_t payload_bytes = 0;  // at most 2^63 - 1
  mask_key mask{};                  // zeros if the frame is not masked
};

enum class head_state : std::uint8_t { need_more, complete, violation };

struct head_result {
  head_state state = head_state::need_more;
  frame_head head = {};       // of a complete head
  std::string_view why = {};  // of a violation (always 1002); static text
};

/// Reads a frame head from the front of `bytes`, which may hold less or more than that. A violation
/// is told with the first byte that shows it.
[[nodiscard]] head_result decode_head(std::string_view bytes, frame_sender sender);

}  // namespace waggle::websocket

// SPDX-License-Identifier: Apache-2.0
// RFC 6455 frames, written down independently of the product. Builds what no sane client sends,
// too; reads what a server may send and nothing else. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::test {

/// RFC 6455 section 5.2. Any value of four bits can be cast to it.
enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// How the payload length is written: as short as possible, or wastefully.
enum class length_form { minimal, two_bytes, eight_bytes };

struct frame {
  opcode op = opcode::text;
  std::string payload = {};
  bool fin = true;
  std::uint8_t reserved = 0;  // RSV1..3 as a number of three bits
};

/// How a client puts a frame on the wire.
struct frame_style {
  bool masked = true;
  std::uint32_t mask = 0x37fa213d;
  length_form length = length_form::minimal;
};

[[nodiscard]] std::string encode(frame const& from, frame_style const& style = {});

/// The payload of a close frame.
[[nodiscard]] std::string close_payload(std::uint16_t code, std::string_view reason = {});

/// Takes one frame of a server off the front of `bytes`; nothing if it is not complete yet.
/// Throws std::runtime_error where a server breaks RFC 6455.
[[nodiscard]] std::optional<frame> take_server_frame(std::string& bytes);

}  // namespace waggle::test

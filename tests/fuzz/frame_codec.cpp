// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the RFC 6455 codec: what arrives whole, in pieces or byte by byte means the same;
// nothing over the limits is held; text that comes out is UTF-8; what the writer writes is
// readable.
#include "protocol/websocket/frame_writer.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/unit/protocol/websocket/transcript.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using waggle::fuzz::require;

namespace ws = waggle::websocket;

/// A stream of well-formed frames drawn from `seed`, because raw bytes seldom get past the head.
/// Every frame takes two bytes of `seed` and up to 255 of payload; long ones repeat theirs.
std::string frames_from(std::string_view seed) {
  std::string stream;
  while (seed.size() >= 2) {
    auto const flags = static_cast<unsigned char>(seed[0]);
    auto const bytes = static_cast<unsigned char>(seed[1]);
    seed.remove_prefix(2);
    std::string payload{seed.substr(0, bytes)};
    seed.remove_prefix(payload.size());
    if ((flags & 0x40U) != 0)
      for (int i = 0; i < 6; ++i) payload += payload;
    ws::append_masked_frame(stream, {.type = static_cast<ws::opcode>(flags & 0x0FU),
                                     .payload = payload,
                                     .fin = (flags & 0x80U) != 0});
  }
  return stream;
}

void check_what_was_heard(std::vector<ws::heard> const& all, std::size_t message_bytes_max) {
  bool finished = false;
  for (auto const& what : all) {
    require(!finished);
    finished = what.kind == ws::input_kind::close || what.kind == ws::input_kind::violation;
    if (what.kind == ws::input_kind::message) {
      require(what.payload.size() <= message_bytes_max);
      if (what.type == ws::opcode::text) require(ws::is_utf8(what.payload));
    } else {
      require(what.payload.size() <= ws::control_payload_bytes_max);
    }
    require(ws::is_utf8(what.close_reason));
  }
}

void check_writer(std::string_view payload) {
  std::string direct;
  ws::append_frame(direct, ws::opcode::text, payload);
  std::string spliced;
  auto const mark = ws::begin_frame(spliced);
  spliced += payload;
  ws::end_frame(spliced, mark, ws::opcode::text);
  require(direct == spliced);

  auto const decoded = ws::decode_head(direct, ws::frame_sender::server);
  require(decoded.state == ws::head_state::complete);
  require(decoded.head.payload_bytes == payload.size());
  require(std::string_view{direct}.substr(decoded.head.head_bytes) == payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size < 2) return 0;
  std::string const input{data, data + size};  // widening copy: bytes to char
  bool const raw = (data[0] & 1U) != 0;
  ws::reader_limits const limits{.message_bytes_max = (data[0] & 2U) != 0 ? 256U : 4096U};
  unsigned const spread = data[1] + 1U;
  auto const body = std::string_view{input}.substr(2);
  std::string const stream = raw ? std::string{body} : frames_from(body);

  auto const whole = ws::listen_whole(stream, limits);
  check_what_was_heard(whole, limits.message_bytes_max);
  require(ws::listen_bytewise(stream, limits) == whole);

  ws::message_reader reader{limits};
  unsigned state = spread;
  auto const uneven = [&] { return (state = state * 1103515245U + 12345U) / 65536U % spread; };
  auto const bounded = [&](ws::message_reader const& now) {
    require(now.bytes_held() <=
            limits.message_bytes_max + ws::control_payload_bytes_max + ws::payload_padding_bytes);
    if (now.bytes_held() > 0) require(now.mid_message());
  };
  require(ws::listen(reader, stream, uneven, bounded) == whole);
  check_writer(body);
  return 0;
}

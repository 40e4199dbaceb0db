// SPDX-License-Identifier: Apache-2.0
// The text messages among the bytes that a server has for a client. Tests only.
#pragma once

#include "protocol/websocket/frame.hpp"

#include <stdexcept>
#include <string_view>

namespace waggle::test {

/// Calls `take(std::string_view)` for each. Throws std::logic_error where there is anything else.
template <class Take>
void for_each_text(std::string_view bytes, Take take) {
  while (!bytes.empty()) {
    auto const [state, head, why] = websocket::decode_head(bytes, websocket::frame_sender::server);
    if (state != websocket::head_state::complete || head.type != websocket::opcode::text) {
      throw std::logic_error{"not a text message in one frame"};
    }
    take(bytes.substr(head.head_bytes, head.payload_bytes));
    bytes.remove_prefix(head.head_bytes + head.payload_bytes);
  }
}

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// What the public listener makes of an HTTP request: a WebSocket (RFC 6455 section 4.2.1), the
// health answer, or a refusal with a reason. Pure: the head was parsed by somebody else.
#pragma once

#include "server/session/admission_reason.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace waggle {

/// The parts of a request head that matter here. Views into the caller's head; an absent field is
/// empty. A field that came several times is joined by commas (RFC 9110 section 5.3).
struct request_head {
  std::string_view method;
  std::string_view target;
  std::uint32_t version = 11;  // 10 * major + minor
  bool has_host = false;
  std::string_view upgrade;
  std::string_view connection;
  std::string_view key;                // Sec-WebSocket-Key
  std::string_view websocket_version;  // Sec-WebSocket-Version
  std::string_view protocols;          // Sec-WebSocket-Protocol
};

/// What a WebSocket is about, as its subprotocol says.
enum class spoken : std::uint8_t {
  tracker,          // no subprotocol, or one that is not ours to know
  native,           // waggle.v1
  unknown_version,  // of the native protocol
};

enum class upgrade_answer : std::uint8_t {
  switch_protocols,  // 101: the connection is a WebSocket from here on
  health,            // 200 or 503
  upgrade_required,  // 426: nothing but WebSockets here
  bad_request,       // 400
};

struct upgrade_decision {
  upgrade_answer answer = upgrade_answer::bad_request;
  std::string accept;         // Sec-WebSocket-Accept, with switch_protocols
  bool no_websocket = false;  // it does not even ask for one
  spoken speaks = spoken::tracker;
  std::string_view protocol{};  // that is agreed on, a view into the head; empty: none
  std::string_view reason;      // for the body of a refusal; static text
};

/// @param native  whether the native protocol is spoken here.
[[nodiscard]] upgrade_decision decide_upgrade(request_head const& head, bool native = true);

/// The complete response for a decision: status line, fields, and for refusals a body after which
/// the connection is closed.
/// @param healthy  what /healthz says.
[[nodiscard]] std::string upgrade_response(upgrade_decision const& decision, bool healthy,
                                           bool head_only);

/// A refusal for a head that could not be read: 400, or 431 when it was too large.
[[nodiscard]] std::string refusal_response(unsigned status, std::string_view reason);

/// The same for a good request that is not served now, or not to this client.
[[nodiscard]] std::string refusal_response(http_refusal const& what);

}  // namespace waggle

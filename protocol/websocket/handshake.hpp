// SPDX-License-Identifier: Apache-2.0
// The one piece of the upgrade that is arithmetic: Sec-WebSocket-Key to Sec-WebSocket-Accept
// (RFC 6455 §4.2.2). Pure.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace waggle::websocket {

/// The value of Sec-WebSocket-Accept: base64 of a SHA-1.
struct accept_token {
  std::array<char, 28> characters{};

  [[nodiscard]] std::string_view text() const { return {characters.data(), characters.size()}; }
};

/// Whether `key` is the base64 form of 16 bytes: 22 characters of the alphabet and "==".
/// The four spare bits of the last character are not looked at, as decoders do (RFC 4648 §3.5).
[[nodiscard]] bool is_websocket_key(std::string_view key);

/// @param key  the value of Sec-WebSocket-Key without surrounding white space.
/// @return nothing if it is not a key; the request then deserves a 400.
[[nodiscard]] std::optional<accept_token> derive_accept(std::string_view key);

}  // namespace waggle::websocket

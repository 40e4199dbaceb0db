// SPDX-License-Identifier: Apache-2.0
// The echo server that every conformance test talks to: one process for the whole program, each
// case on a connection of its own. Its clean exit at the end is part of the test.
#pragma once

#include "tests/support/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace waggle::test {

[[nodiscard]] endpoint echo_plain();
[[nodiscard]] endpoint echo_tls();

/// An open WebSocket over plain TCP.
[[nodiscard]] ws_client open_echo();

inline constexpr std::size_t in_one_piece = 0;

/// Sends one unfragmented message, cut into pieces on the wire, and expects the same one back.
void expect_echo(ws_client& client, opcode kind, std::string const& payload,
                 std::size_t piece_bytes = in_one_piece);

/// Expects that the next message or control frame is this one.
void expect_next(ws_client& client, opcode kind, std::string const& payload);

/// Sends frames on a new connection and returns how the server ended it. What the server sent
/// before is ignored.
[[nodiscard]] ending end_after(std::string const& bytes, std::size_t piece_bytes = in_one_piece);

/// The server closed the WebSocket with one of these codes and then TCP.
inline auto ClosedWith(testing::Matcher<std::uint16_t> const& code) {
  return testing::AllOf(testing::Field("code", &ending::code, testing::Optional(code)),
                        testing::Field("tcp_closed", &ending::tcp_closed, true));
}

// RFC 6455 section 7.4.1.
inline constexpr std::uint16_t normal_closure = 1000;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t invalid_payload = 1007;
inline constexpr std::uint16_t message_too_big = 1009;

void PrintTo(ending const& what, std::ostream* out);

}  // namespace waggle::test

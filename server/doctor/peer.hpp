// SPDX-License-Identifier: Apache-2.0
// A peer on a connection of its own: asks, and waits for the message that it wants. One thread.
#pragma once

#include "server/doctor/examination.hpp"

#include <memory>
#include <string>

namespace waggle::doctor {

/// The message that was waited for, or why it did not come.
struct awaited_message {
  std::optional<tracker_message> message;
  std::string problem;  // "the server refused: ...", "closed with WebSocket code 1009"
  received end{};       // where the connection ended
};

struct peer {
  std::unique_ptr<link> connection;  // null: `problem` says why
  tracker_peer self;
  std::chrono::milliseconds timeout{};
  std::string problem;

  /// Waits for a message of this kind; others are dropped. A failure ends the wait.
  [[nodiscard]] net::awaitable<awaited_message> await(tracker_message::kind wanted);
  /// Sends, then waits for a message of this kind.
  [[nodiscard]] net::awaitable<awaited_message> ask(std::string text, tracker_message::kind wanted);
};

/// Connects; it has announced nothing yet.
[[nodiscard]] net::awaitable<peer> open_peer(examination& who, std::string swarm, bool complete);

}  // namespace waggle::doctor

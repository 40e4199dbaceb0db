// SPDX-License-Identifier: Apache-2.0
// One WebSocket connection of doctor's, over TCP or TLS, once it is open. Belongs to the loop that
// it was opened on; one operation at a time.
#pragma once

#include "server/net/types.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace waggle::doctor {

/// How a connection ended, or why nothing came.
enum class ending {
  none,
  timeout,      // nothing in time; the connection is closed, since nobody knows what is on its way
  close_frame,  // with `code`
  fin,          // TCP, or TLS, ended in order and without a close frame
  reset,
  fault,  // anything else; `text` says what
};

struct received {
  ending how = ending::none;
  std::string text;        // the message; else the reason of a close frame, or words for a fault
  std::uint16_t code = 0;  // of a close frame
};

/// "closed with code 1009 (too big)", "closed without a close frame", ...
[[nodiscard]] std::string words_for(received const& end);

class link {
 public:
  link() = default;
  virtual ~link() = default;
  link(link const&) = delete;
  link& operator=(link const&) = delete;

  /// Sends a text message. Anything but `none`: it was not sent.
  virtual net::awaitable<received> send(std::string text, std::chrono::milliseconds within) = 0;

  /// Waits for a message; pings are answered meanwhile.
  virtual net::awaitable<received> receive(std::chrono::milliseconds within) = 0;

  /// Closes as RFC 6455 wants it, waiting for the other side.
  virtual net::awaitable<void> close(std::chrono::milliseconds within) = 0;

  /// Ends the TCP connection without a word, as a browser does that lost its network.
  virtual void drop() = 0;

  /// Called for each ping that comes while receive() waits. Must not touch the link.
  virtual void on_ping(std::function<void()> call) = 0;

  [[nodiscard]] virtual net::tcp::endpoint local() const = 0;
  [[nodiscard]] virtual net::tcp::endpoint remote() const = 0;
};

}  // namespace waggle::doctor

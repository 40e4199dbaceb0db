// SPDX-License-Identifier: Apache-2.0
// A WebSocket client made by hand, for tests: sends anything, insists that the server keeps to
// RFC 6455, and never waits without a deadline. It works only inside its calls (one thread): a
// client whose functions are not called neither reads nor answers pings.
#pragma once

#include "tests/support/frame.hpp"
#include "tests/support/http.hpp"
#include "tests/support/stream.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace waggle::test {

/// The key and the answer of the example in RFC 6455 section 1.3.
inline constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view sample_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

struct ws_options {
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  tls_options tls = {};
  bool answers_pings = true;
};

/// The head of a correct upgrade request.
[[nodiscard]] std::string upgrade_request(endpoint const& at, ws_options const& options = {});

/// A whole message (text, binary) or a control frame.
struct incoming {
  opcode kind = opcode::text;
  std::string payload;
};

/// How the server ended the connection.
struct ending {
  std::optional<std::uint16_t> code;  // of the close frame; nothing: none or an empty one came
  std::string reason;
  bool close_frame = false;
  bool tcp_closed = false;
};

class ws_client {
 public:
  /// Connects and upgrades. Throws std::runtime_error if the server does not answer 101 correctly.
  static ws_client connect(endpoint const& at, ws_options const& options = {});

  /// Takes over a stream on which the 101 was read already; `read_ahead` came behind it.
  explicit ws_client(stream&& transport, std::string read_ahead = {}, bool answers_pings = true);

  bool send(frame const& what, frame_style const& style = {});
  bool send_text(std::string_view text) {
    return send({.op = opcode::text, .payload = std::string{text}});
  }
  bool send_bytes(std::string_view bytes) { return transport_.send(bytes); }
  bool send_close(std::uint16_t code, std::string_view reason = {});

  /// The next message or control frame. Pings are answered and not returned, unless the options
  /// say otherwise. Nothing: the deadline passed or the server closed TCP (see tcp_closed).
  std::optional<incoming> receive(milliseconds within = patience);

  /// The next text message; throws std::runtime_error if something else or nothing comes.
  std::string receive_text(milliseconds within = patience);

  /// Handles what has arrived (answers pings, keeps messages for receive) without waiting.
  void pump();

  /// Reads on, ignoring messages, until the server closed; answers its close frame as a client
  /// must. `tcp_closed` is false if it did not end in time.
  ending await_end(milliseconds within = patience);

  [[nodiscard]] bool tcp_closed() const { return tcp_closed_; }
  [[nodiscard]] std::size_t pings_seen() const { return pings_seen_; }
  [[nodiscard]] stream& transport() { return transport_; }

 private:
  bool parse();  // one frame of read_ahead_; false: none is complete
  void take_control(frame&& got);
  void take_fragment(frame&& got);

  stream transport_;
  std::string read_ahead_;
  std::deque<incoming> ready_;
  std::optional<incoming> partial_;  // a fragmented message until its last fragment
  std::size_t pings_seen_ = 0;
  bool answers_pings_ = true;
  bool close_sent_ = false;
  bool close_received_ = false;
  bool tcp_closed_ = false;
};

/// Calls `pump` on every client while waiting for `condition`.
template <class Clients, class Condition>
[[nodiscard]] bool pump_until(Clients& clients, Condition&& condition,
                              milliseconds within = patience) {
  return eventually(
      [&] {
        for (auto& client : clients) client.pump();
        return condition();
      },
      within);
}

}  // namespace waggle::test

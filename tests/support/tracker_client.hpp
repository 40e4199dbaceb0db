// SPDX-License-Identifier: Apache-2.0
// A browser's half of a WebTorrent tracker conversation, for tests. One thread.
#pragma once

#include "tests/support/tracker_messages.hpp"
#include "tests/support/ws_client.hpp"

#include <string>
#include <vector>

namespace waggle::test {

/// A message of the tracker: parsed, and as it was on the wire.
struct tracker_message {
  std::string text;
  json fields;

  [[nodiscard]] bool has(char const* name) const { return fields.contains(name); }
  [[nodiscard]] bool is_reply() const { return has("complete") && has("interval"); }
  [[nodiscard]] bool is_offer() const { return has("offer"); }
  [[nodiscard]] bool is_answer() const { return has("answer"); }
  [[nodiscard]] bool is_scrape() const { return has("files"); }
  [[nodiscard]] bool is_failure() const { return has("failure reason"); }
  [[nodiscard]] std::string string(char const* name) const { return fields.value(name, ""); }
  [[nodiscard]] int number(char const* name) const { return fields.value(name, -1); }
};

class tracker_client {
 public:
  explicit tracker_client(endpoint const& at, ws_options const& options = {})
      : socket_(ws_client::connect(at, options)) {}

  void send(std::string_view text) { socket_.send_text(text); }
  tracker_message receive(milliseconds within = patience);

  /// Announces and returns the reply, which must be the very next message.
  tracker_message announce(announce_fields const& fields);

  /// Scrapes and returns the reply, which must be the very next message.
  tracker_message scrape(std::vector<std::string> const& swarms);

  /// Everything the server had to say to this client about `swarm` so far: sends a scrape of it and
  /// returns what comes before the scrape's reply. Messages between two cores keep their order, so
  /// what has not come by then never will. No sleep proves an absence; this does.
  std::vector<tracker_message> drain(std::string const& swarm);

  void pump() { socket_.pump(); }
  [[nodiscard]] ws_client& socket() { return socket_; }

 private:
  ws_client socket_;
};

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Talks WebTorrent over a ws_client.
#include "tests/support/tracker_client.hpp"

#include <stdexcept>

namespace waggle::test {

tracker_message tracker_client::receive(milliseconds within) {
  tracker_message made{.text = socket_.receive_text(within), .fields = {}};
  // Relayed bodies may hold what nlohmann refuses (lone surrogates): the text is there either way.
  made.fields = json::parse(made.text, nullptr, /*allow_exceptions=*/false);
  return made;
}

tracker_message tracker_client::announce(announce_fields const& fields) {
  send(announce_message(fields));
  auto reply = receive();
  if (!reply.is_reply()) throw std::runtime_error("not an announce reply: " + reply.text);
  return reply;
}

tracker_message tracker_client::scrape(std::vector<std::string> const& swarms) {
  send(scrape_message(swarms));
  auto reply = receive();
  if (!reply.is_scrape()) throw std::runtime_error("not a scrape reply: " + reply.text);
  return reply;
}

std::vector<tracker_message> tracker_client::drain(std::string const& swarm) {
  send(scrape_message({swarm}));
  std::vector<tracker_message> before;
  for (;;) {
    auto next = receive();
    if (next.is_scrape()) return before;
    before.push_back(std::move(next));
  }
}

}  // namespace waggle::test

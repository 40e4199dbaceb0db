// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/peer.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace waggle::doctor {

net::awaitable<awaited_message> peer::await(tracker_message::kind wanted) {
  awaited_message made;
  auto const until = clock::now() + timeout;
  while (!made.message && made.problem.empty()) {
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    auto const got = co_await connection->receive(std::max(left, std::chrono::milliseconds{1}));
    if (got.how != ending::none) {
      made.problem = words_for(got);
      made.end = got;
      co_return made;
    }
    auto message = read_tracker_message(got.text, self.swarm);
    if (message.what == tracker_message::kind::failure) {
      made.problem = "the server refused: " + excerpt(message.said);
    } else if (message.what == wanted) {
      made.message = std::move(message);
    }
  }
  co_return made;
}

net::awaitable<awaited_message> peer::ask(std::string text, tracker_message::kind wanted) {
  auto const sent = co_await connection->send(std::move(text), timeout);
  // After a reset the reason may still stand in what was received before.
  if (sent.how != ending::none && sent.how != ending::reset) {
    co_return awaited_message{.message = std::nullopt, .problem = words_for(sent), .end = sent};
  }
  auto got = co_await await(wanted);
  co_return got;
}

net::awaitable<peer> open_peer(examination& who, std::string swarm, bool complete) {
  peer made;
  made.self = {.swarm = std::move(swarm), .id = fresh_peer_id(), .complete = complete};
  made.timeout = who.timeout();
  auto call = co_await who.calls.dial(who.at, {});
  made.connection = std::move(call.answer.connection);
  if (!made.connection) {
    made.problem = "a further connection could not be opened: " + call.error.message();
  }
  co_return made;
}

}  // namespace waggle::doctor

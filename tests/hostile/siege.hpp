// SPDX-License-Identifier: Apache-2.0
// What tests of hostile clients ask again and again: a server with some rules on two cores, how a
// handshake is answered, what was counted. One thread.
#pragma once

#include "tests/integration/admin_client.hpp"
#include "tests/integration/tracker.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace waggle::test {

/// On two cores, where swarms and sessions live on different threads.
[[nodiscard]] tracker_options besieged(std::vector<std::string> settings = {});

/// The same with a listener whose connections begin with a PROXY header, by which attackers have as
/// many addresses as they like; local ones are not exempt from quotas.
[[nodiscard]] tracker_options besieged_by_many(std::vector<std::string> settings = {});

/// How a WebSocket handshake is answered; the connection is closed again.
[[nodiscard]] http_response handshake(endpoint const& at, ws_options const& options = {});

/// The listener with a PROXY header, for a client that comes from `address`.
[[nodiscard]] endpoint coming_from(tracker& server, std::string const& address);

/// A counter of /stats.json, and of one that is split its part.
[[nodiscard]] int counted(tracker const& server, std::string const& family);
[[nodiscard]] int counted(tracker const& server, std::string const& family,
                          std::string const& label);
[[nodiscard]] int refused(tracker const& server, std::string const& reason);
[[nodiscard]] int closed(tracker const& server, std::string const& reason);

[[nodiscard]] std::string repeated(std::string const& what, std::size_t times);

/// Sends the same without end, and reads what comes, until it is closed.
ending flood(ws_client& client, std::string const& some);

/// Measures that what an operator did took effect within a second.
class at_once {
 public:
  ~at_once();
  at_once() = default;
  at_once(at_once const&) = delete;
  at_once& operator=(at_once const&) = delete;

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// Bans, and fails the test unless that was done.
void ban(tracker& server, std::string const& kind, std::string const& value);

}  // namespace waggle::test

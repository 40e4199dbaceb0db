// SPDX-License-Identifier: Apache-2.0
// Asks the internal listener of a running server how it is: the client's side of /readyz and
// /healthz. Runs a loop of its own on the calling thread until there is an answer or no time left.
#pragma once

#include "server/net/types.hpp"

#include <chrono>
#include <string>

namespace waggle {

struct health_query {
  net::tcp::endpoint at;  // an unspecified address is asked on 127.0.0.1
  std::string target;     // "/readyz"
  std::chrono::milliseconds timeout{};
};

/// What a server said of itself, or why it said nothing.
struct health_answer {
  bool healthy = false;  // it answered 200
  std::string text;      // one line for people, without control characters
};

/// Asks once. `timeout` covers connecting, asking and the whole answer.
[[nodiscard]] health_answer ask_health(health_query const& query);

}  // namespace waggle

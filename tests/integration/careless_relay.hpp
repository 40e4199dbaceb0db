// SPDX-License-Identifier: Apache-2.0
// A TCP relay that gets wrong what proxies get wrong. A thread of its own serves all connections.
#pragma once

#include "tests/support/deadline.hpp"
#include "tests/support/endpoint.hpp"

#include <chrono>
#include <list>
#include <stop_token>
#include <thread>

namespace waggle::test {

struct carelessness {
  bool keeps_the_server_waiting = false;  // does not tell the server when a client leaves
  bool rewrites = false;                  // some bytes on the way to the client
  milliseconds resets_after{0};           // of silence; 0: never
  milliseconds forgets_after{0};          // of silence, and drops what comes later; 0: never
};

class careless_relay {
 public:
  careless_relay(endpoint const& server, carelessness how);
  ~careless_relay();
  careless_relay(careless_relay const&) = delete;
  careless_relay& operator=(careless_relay const&) = delete;

  [[nodiscard]] endpoint const& at() const { return at_; }

 private:
  struct pair {
    int client = -1;  // -1: has left
    int server = -1;
    std::chrono::steady_clock::time_point heard;
    bool forgotten = false;
  };

  void serve(std::stop_token const& stop);
  void accept_one();
  /// What one side wrote goes to the other. False: the pair is over.
  [[nodiscard]] bool forward(pair& of) const;

  endpoint server_;
  carelessness how_;
  int listening_;
  endpoint at_;
  std::list<pair> pairs_;
  std::jthread thread_;
};

}  // namespace waggle::test

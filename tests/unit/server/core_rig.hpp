// SPDX-License-Identifier: Apache-2.0
// Core loops on threads of their own, one of which can be halted between two messages. Tests only.
#pragma once

#include "server/core_loop.hpp"

#include <cstdint>
#include <future>
#include <thread>

namespace waggle::test {

inline core_snapshot snapshot_of(core_loop& loop) {
  std::promise<core_snapshot> answer;
  loop.ask([&](core_loop& asked) { answer.set_value(asked.snapshot()); });
  return answer.get_future().get();
}

inline swarm_id swarm_on(std::uint16_t core, placement const& where, std::uint8_t number = 0) {
  swarm_id swarm;
  swarm.value[1] = number;
  while (where.core_of(swarm) != core) ++swarm.value[0];
  return swarm;
}

/// Runs a core until the end of the test.
class running {
 public:
  explicit running(core_loop& loop) : loop_(loop), thread_([&loop] { loop.run(); }) {}
  running(running const&) = delete;
  running& operator=(running const&) = delete;
  ~running() { loop_.stop(); }

 private:
  core_loop& loop_;
  std::jthread thread_;
};

/// Keeps a running core from doing anything, from the end of the constructor on.
class halt {
 public:
  explicit halt(core_loop& loop) {
    std::promise<void> reached;
    loop.ask([&reached, over = over_.get_future().share()](core_loop&) {
      reached.set_value();
      over.wait();
    });
    reached.get_future().wait();
  }
  halt(halt const&) = delete;
  halt& operator=(halt const&) = delete;
  ~halt() { end(); }

  void end() {
    if (!ended_) over_.set_value();
    ended_ = true;
  }

 private:
  std::promise<void> over_;
  bool ended_ = false;
};

}  // namespace waggle::test

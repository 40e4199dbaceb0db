// SPDX-License-Identifier: Apache-2.0
// A load in several processes: they share a board in memory on which each counts what it sees and
// reads what phase it is; this process only leads, and watches the server meanwhile.
#pragma once

#include "tests/load/histogram.hpp"
#include "tests/load/mode.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace waggle::load {

/// What the clients have exchanged.
struct traffic_counts {
  shared_count announces, replies;
  shared_count offers_sent, offers_expected, offers_received;
  shared_count answers_sent, answers_received;

  /// Frames of use: sent to the server, relayed by it, and one reply to each announce.
  [[nodiscard]] std::uint64_t useful() const {
    return announces.get() + answers_sent.get() + offers_received.get() + answers_received.get() +
           replies.get();
  }
};

enum class phase : std::uint8_t {
  prepare,  // connect, join; each process says when it is ready
  warm,     // the traffic goes on from here to the end of `measure`
  measure,
  drain,  // nothing new is said, what is under way arrives
  over,
};

/// Of one process.
struct board {
  std::atomic<bool> ready{false};
  shared_count opened, joined;
  traffic_counts all;       // since `warm`
  traffic_counts measured;  // during `measure`
  histogram connect;        // microseconds from connect to 101 (or the end of the TLS handshake)
  histogram reply;          // ... from an announce to its reply
  histogram offer;          // ... from an announce to the arrival of an offer of it
  histogram answer;         // ... from an announce to the arrival of an answer to it
  shared_count misrouted, duplicate, to_self, closed, failures;
  shared_count resumed;          // TLS handshakes
  shared_count ready_microsecs;  // from the start until this process was ready
};

struct fleet_task {
  measured_options const& with;
  std::size_t index;  // of this process
  board& mine;
  std::atomic<phase> const& now;

  [[nodiscard]] bool measuring() const {
    return now.load(std::memory_order_relaxed) == phase::measure;
  }
  /// The clients of this process are [first, first + count).
  [[nodiscard]] std::size_t first_client() const;
  [[nodiscard]] std::size_t client_count() const;
};

/// Runs `work` in options.processes processes through all phases and returns the report. `work`
/// sets `ready`, follows `now`, and returns when it is `over`.
[[nodiscard]] nlohmann::json lead(std::string const& mode, measured_options const& options,
                                  std::function<void(fleet_task const&)> const& work);

/// Monotonic clock of the machine, in microseconds.
[[nodiscard]] std::uint64_t microseconds_now();

}  // namespace waggle::load

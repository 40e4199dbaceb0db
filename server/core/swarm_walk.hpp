// SPDX-License-Identifier: Apache-2.0
// Comes by every swarm of a shard about once a minute, a few at a time: for the journal, and to
// find the busiest ones. Pure.
#pragma once

#include "server/core/slab.hpp"
#include "server/core/swarm.hpp"
#include "server/core/swarm_journal.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace waggle {

struct busy_swarm {
  swarm_id swarm;
  std::uint32_t members = 0;

  bool operator==(busy_swarm const&) const = default;
};

struct walk_limits {
  core_time round = std::chrono::seconds{60};
  std::uint32_t steps_min = 256;  // a call; few swarms are all looked at
  std::uint32_t steps_max = 5'000;
  std::uint32_t news_max = 200;  // a call
  std::size_t busiest_max = 20;
};

class swarm_walk {
 public:
  explicit swarm_walk(walk_limits const& limits = {}) : limits_(limits) {}

  /// A few times a second; looks at as many as the time since the last call asks for.
  void go_on(slab<swarm>& swarms, swarm_journal& journal, core_time now);

  /// Those with the most members when the last round came by, the most first.
  [[nodiscard]] std::span<busy_swarm const> busiest() const { return busiest_; }

 private:
  void consider(swarm const& seen);
  void end_round();

  walk_limits limits_;
  slot next_ = 0;
  core_time last_{};
  std::vector<busy_swarm> candidates_;  // a heap, the least on top
  std::vector<busy_swarm> busiest_;
};

}  // namespace waggle

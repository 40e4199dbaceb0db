// SPDX-License-Identifier: Apache-2.0
// News of the swarms of one shard for whoever keeps facts: completions at once, but held back in
// the swarm until it is worth a row; the rest when a swarm ends or the walk comes by
// (swarm_walk.hpp). Bounded; taken after every turn. Pure.
#pragma once

#include "server/core/swarm.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace waggle {

/// True of the moment in which it is taken: the swarm was seen then.
struct swarm_news {
  swarm_id swarm;
  std::uint32_t completed = 0;  // since the last news of this swarm
  std::uint32_t peak = 0;
  coarse_time first_seen{};
};

struct journal_limits {
  std::size_t news_max = 16'384;                     // that wait; past it they are lost and counted
  coarse_time alone_max = std::chrono::seconds{60};  // a swarm of one peer is news after this
  coarse_time peak_every = std::chrono::seconds{60};  // while it grows
  coarse_time seen_every = std::chrono::minutes{10};
};

class swarm_journal {
 public:
  explicit swarm_journal(journal_limits const& limits = {}) : limits_(limits) {}

  void set_now(coarse_time now) { now_ = now; }

  /// It has one membership more; what was held back need not wait for the walk.
  void joined(swarm& where);
  /// Its history counts it already.
  void completed(swarm& where);
  /// Its last member has left.
  void ended(swarm& gone);
  /// @return whether there was something to tell.
  bool look_at(swarm& seen);

  [[nodiscard]] std::span<swarm_news const> news() const { return news_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  /// What was told is known now.
  void clear() { news_.clear(); }

 private:
  [[nodiscard]] bool is_worth_a_row(swarm const& seen) const;
  void tell(swarm& of, std::uint32_t completed);

  journal_limits limits_;
  coarse_time now_{};
  std::vector<swarm_news> news_;
  std::uint64_t lost_ = 0;
};

}  // namespace waggle

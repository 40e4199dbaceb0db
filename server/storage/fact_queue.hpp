// SPDX-License-Identifier: Apache-2.0
// Facts that wait to be written: bounded, and all news of one swarm is one entry. Pure; one thread
// at a time.
#pragma once

#include "server/core/keyed_hash.hpp"
#include "server/storage/fact.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

namespace waggle::storage {

/// Adds what is known of a swarm to what was known before.
inline void merge(swarm_fact& known, swarm_fact const& news) {
  known.completed += news.completed;
  known.peak = std::max(known.peak, news.peak);
  known.first_seen = std::min(known.first_seen, news.first_seen);
  known.last_seen = std::max(known.last_seen, news.last_seen);
}

class fact_queue {
 public:
  /// @param entries_max  a point of a series counts as many as it has values.
  /// @param seed         clients choose the ids of swarms.
  fact_queue(std::size_t entries_max, hash_seed const& seed)
      : entries_max_(entries_max), swarms_(0, swarm_hash{seed}) {}

  /// @return how many found the queue full and are lost.
  std::size_t add(std::span<fact const> facts);

  /// Takes at most so many facts out: first what operators did, in its order, then the others.
  [[nodiscard]] std::vector<fact> take(std::size_t count_max);

  [[nodiscard]] bool empty() const { return facts() == 0; }
  [[nodiscard]] std::size_t facts() const { return swarms_.size() + others_.size(); }

 private:
  struct swarm_hash {
    hash_seed seed;
    std::size_t operator()(swarm_id const& id) const { return key_digest(seed).add(id).finish(); }
  };

  [[nodiscard]] bool add_one(fact const& one);

  std::size_t entries_max_;
  std::size_t weight_ = 0;  // of what waits
  std::unordered_map<swarm_id, swarm_fact, swarm_hash> swarms_;
  std::deque<fact> others_;
};

}  // namespace waggle::storage

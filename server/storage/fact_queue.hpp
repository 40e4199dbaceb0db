// SPDX-License-Identifier: Apache-2.0
// Facts that wait to be written: bounded, and all news of one swarm is one entry. No table that
// grows in one go, since a core waits meanwhile. Pure; one thread at a time.
#pragma once

#include "server/storage/fact.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
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
  explicit fact_queue(std::size_t entries_max) : entries_max_(entries_max) {}

  /// @return how many found the queue full and are lost.
  std::size_t add(std::span<fact const> facts);

  /// Moves at most so many facts to the end of `batch`: first what operators did, in its order,
  /// then the others. Until written() they count as if they were waiting here.
  void take(std::size_t count_max, std::vector<fact>& batch);
  void written() { in_hand_ = 0; }

  [[nodiscard]] bool empty() const { return facts() == 0; }
  [[nodiscard]] std::size_t facts() const { return swarms_.size() + others_.size(); }

 private:
  [[nodiscard]] bool add_one(fact const& one);

  std::size_t entries_max_;
  std::size_t weight_ = 0;   // of what waits
  std::size_t in_hand_ = 0;  // of what was taken and is not written
  std::map<swarm_id, swarm_fact> swarms_;
  std::deque<fact> others_;
};

}  // namespace waggle::storage

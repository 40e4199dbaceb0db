// SPDX-License-Identifier: Apache-2.0
// See swarm_walk.hpp.
#include "server/core/swarm_walk.hpp"

#include <algorithm>
#include <utility>

namespace waggle {
namespace {

bool busier(busy_swarm const& a, busy_swarm const& b) {
  return a.members != b.members ? a.members > b.members : a.swarm < b.swarm;
}

}  // namespace

void swarm_walk::go_on(slab<swarm>& swarms, swarm_journal& journal, core_time now) {
  auto const elapsed = now - std::exchange(last_, now);
  auto const share = std::min<core_time::rep>(swarms.slots() * elapsed / limits_.round, UINT32_MAX);
  auto steps = std::clamp(static_cast<std::uint32_t>(share), limits_.steps_min, limits_.steps_max);
  auto news = limits_.news_max;
  for (; steps != 0 && news != 0; --steps) {
    if (next_ >= swarms.slots()) return end_round();
    auto* const seen = swarms.find(next_);
    if (seen == nullptr) {
      next_ += slab<swarm>::chunk_items;  // of which there is none
      continue;
    }
    ++next_;
    if (seen->memberships() == 0) continue;
    if (journal.look_at(*seen)) --news;
    consider(*seen);
  }
}

void swarm_walk::consider(swarm const& seen) {
  auto const [complete, incomplete] = seen.counts();
  busy_swarm const candidate{seen.id(), complete + incomplete};
  if (candidates_.size() == limits_.busiest_max) {
    if (!busier(candidate, candidates_.front())) return;
    std::pop_heap(candidates_.begin(), candidates_.end(), busier);
    candidates_.pop_back();
  }
  candidates_.push_back(candidate);
  std::push_heap(candidates_.begin(), candidates_.end(), busier);
}

void swarm_walk::end_round() {
  next_ = 0;
  std::sort(candidates_.begin(), candidates_.end(), busier);
  busiest_.swap(candidates_);
  candidates_.clear();
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// See completion_book.hpp.
#include "server/core/completion_book.hpp"

#include <algorithm>

namespace waggle {
namespace {

constexpr int looks_max = 16;  // for one that was not used lately

}  // namespace

slot completion_book::find(swarm_id const& swarm, std::uint64_t hash) const {
  return by_swarm_.find(hash, [&](slot which) { return entries_[which].swarm == swarm; });
}

void completion_book::add(swarm_id const& swarm, std::uint64_t completions) {
  if (completions == 0 || swarms_max_ == 0) return;
  auto const hash = hash_of(swarm);
  auto which = find(swarm, hash);
  if (which == no_slot) {
    if (entries_.size() >= swarms_max_) forget_one();
    which = entries_.insert({.swarm = swarm});
    by_swarm_.insert(hash, which);
  }
  auto& known = entries_[which];
  auto const sum = known.completions + std::min<std::uint64_t>(completions, UINT32_MAX);
  known.completions = static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, UINT32_MAX));
  known.recent = true;
}

std::uint32_t completion_book::count(swarm_id const& swarm) {
  auto const which = find(swarm, hash_of(swarm));
  if (which == no_slot) return 0;
  entries_[which].recent = true;
  return entries_[which].completions;
}

// Second chance: what was used since the hand came by last is passed over once.
void completion_book::forget_one() {
  slot victim = no_slot;
  for (int looks = 0; looks < looks_max || victim == no_slot; ++hand_) {
    if (hand_ >= entries_.slots()) hand_ = 0;
    auto const* const seen = entries_.find(hand_);
    if (seen == nullptr || seen->completions == 0) continue;
    ++looks;
    victim = hand_;
    if (!entries_[hand_].recent) break;
    entries_[hand_].recent = false;
  }
  by_swarm_.erase(hash_of(entries_[victim].swarm), victim);
  entries_.erase(victim);
}

}  // namespace waggle

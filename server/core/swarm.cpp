// SPDX-License-Identifier: Apache-2.0
// See swarm.hpp.
#include "server/core/swarm.hpp"

namespace waggle {

void swarm::activate(slab<member>& members, slot which) {
  auto& entry = members[which];
  if (entry.active()) return;
  entry.position = static_cast<std::uint32_t>(active_.size());
  active_.push_back(which);
  if (entry.seeder) ++seeders_;
}

void swarm::contest(slab<member>& members, slot which) {
  auto& entry = members[which];
  if (!entry.active()) return;
  auto const last = active_.back();
  active_[entry.position] = last;
  members[last].position = entry.position;
  active_.pop_back();
  entry.position = member::contested;
  if (entry.seeder) --seeders_;

  constexpr std::size_t keep_min = 32;
  if (active_.capacity() > keep_min && active_.size() * 4 < active_.capacity()) {
    std::vector<slot> smaller;
    smaller.reserve(active_.size() * 2);
    smaller.assign(active_.begin(), active_.end());
    active_.swap(smaller);
  }
}

void swarm::set_seeder(member& changed, bool seeder) {
  if (changed.seeder == seeder) return;
  changed.seeder = seeder;
  if (!changed.active()) return;
  seeders_ = seeder ? seeders_ + 1 : seeders_ - 1;
}

}  // namespace waggle

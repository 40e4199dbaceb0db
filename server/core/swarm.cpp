// SPDX-License-Identifier: Apache-2.0
// See swarm.hpp.
#include "server/core/swarm.hpp"

namespace waggle {

void swarm::activate(slab<member>& members, slot which) {
  auto& entry = members[which];
  if (entry.active()) return;
  entry.position = active_.size();
  active_.push_back(which);
  if (active_.size() > history.peak) {
    history.peak = active_.size();
    told.peak_grew();
  }
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
}

void swarm::set_seeder(member& changed, bool seeder) {
  if (changed.seeder == seeder) return;
  changed.seeder = seeder;
  if (!changed.active()) return;
  seeders_ = seeder ? seeders_ + 1 : seeders_ - 1;
}

}  // namespace waggle

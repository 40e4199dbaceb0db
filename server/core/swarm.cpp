// SPDX-License-Identifier: Apache-2.0
// See swarm.hpp.
#include "server/core/swarm.hpp"

#include <utility>

namespace waggle {

void swarm::joined() {
  if (memberships_ != 0) gather();
  ++memberships_;
  if (crowd_) ++crowd_->history.joins;
}

void swarm::activate(slab<member>& members, slot which) {
  auto& entry = members[which];
  if (entry.active()) return;
  if (counted_ == 0 && !crowd_) {
    lone_ = which;
    told.peak_grew();
  } else {
    auto& all = gather();
    all.active.push_back(which);
    if (all.active.size() > all.history.peak) {
      all.history.peak = all.active.size();
      told.peak_grew();
    }
  }
  entry.position = counted_++;
  if (entry.seeder) ++seeders_;
}

void swarm::contest(slab<member>& members, slot which) {
  auto& entry = members[which];
  if (!entry.active()) return;
  if (crowd_) {
    auto& active = crowd_->active;
    auto const last = active.back();
    active[entry.position] = last;
    members[last].position = entry.position;
    active.pop_back();
  } else {
    lone_ = no_slot;
  }
  --counted_;
  entry.position = member::contested;
  if (entry.seeder) --seeders_;
}

void swarm::set_seeder(member& changed, bool seeder) {
  if (changed.seeder == seeder) return;
  changed.seeder = seeder;
  if (!changed.active()) return;
  seeders_ = seeder ? seeders_ + 1 : seeders_ - 1;
}

void swarm::note_offers(std::uint32_t relayed) {
  if (relayed != 0) gather().history.offers_relayed += relayed;
}

/// Of a swarm that has never had company it is known without being kept.
swarm_history swarm::history() const {
  if (crowd_) return crowd_->history;
  return {.first_seen = first_seen_, .peak = 1, .joins = 1};
}

swarm::crowd& swarm::gather() {
  if (!crowd_) {
    auto made = std::make_unique<crowd>();
    made->history = history();
    if (lone_ != no_slot) made->active.push_back(lone_);
    lone_ = no_slot;
    crowd_ = std::move(made);
  }
  return *crowd_;
}

}  // namespace waggle

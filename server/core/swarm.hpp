// SPDX-License-Identifier: Apache-2.0
// One swarm: who is counted and can be offered to, and how many of them are seeders.
// Pure: no I/O, clock, lock or log. Owned by the swarm_table of one shard.
#pragma once

#include "protocol/event.hpp"
#include "protocol/ids.hpp"
#include "server/core/member.hpp"
#include "server/core/slab.hpp"
#include "server/core/slot_list.hpp"
#include "server/core/swarm_history.hpp"
#include "server/core/swarm_told.hpp"

#include <cstdint>

namespace waggle {

class swarm {
 public:
  swarm() = default;  // for the slab
  swarm(swarm_id const& id, coarse_time now) : history{.first_seen = now}, id_(id) {}

  /// Moves a member of this swarm between counted and contested. O(1).
  void activate(slab<member>& members, slot which);
  void contest(slab<member>& members, slot which);

  void set_seeder(member& changed, bool seeder);

  /// Memberships come and go by these; a swarm without any is freed.
  void joined() {
    ++memberships_;
    ++history.joins;
  }
  void left() { --memberships_; }

  [[nodiscard]] swarm_id const& id() const { return id_; }
  [[nodiscard]] std::uint32_t memberships() const { return memberships_; }
  [[nodiscard]] slot_list const& active() const { return active_; }
  [[nodiscard]] swarm_counts counts() const {
    return {.complete = seeders_, .incomplete = active_.size() - seeders_};
  }

  swarm_history history;
  swarm_told told;

 private:
  swarm_id id_;
  std::uint32_t memberships_ = 0;  // active and contested
  std::uint32_t seeders_ = 0;      // among the active
  slot_list active_;               // unordered
};
static_assert(sizeof(swarm) <= 80, "there may be a million");

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// One swarm: who is counted and can be offered to, and how many of them are seeders.
// Pure: no I/O, clock, lock or log. Owned by the swarm_table of one shard.
//
// There may be a million of which each has had one member only: what such a one does not need is in
// memory of its own, made when a second one comes or the first one completes.
#pragma once

#include "protocol/event.hpp"
#include "protocol/ids.hpp"
#include "server/core/active_members.hpp"
#include "server/core/member.hpp"
#include "server/core/slab.hpp"
#include "server/core/slot_list.hpp"
#include "server/core/swarm_history.hpp"
#include "server/core/swarm_told.hpp"

#include <cstdint>
#include <memory>

namespace waggle {

class swarm {
 public:
  swarm() = default;  // for the slab
  swarm(swarm_id const& id, coarse_time now) : id_(id), first_seen_(now) {}

  /// Moves a member of this swarm between counted and contested. O(1).
  void activate(slab<member>& members, slot which);
  void contest(slab<member>& members, slot which);

  void set_seeder(member& changed, bool seeder);

  /// Memberships come and go by these; a swarm without any is freed.
  void joined();
  void left() { --memberships_; }

  /// What its history tells of.
  void note_completed() { ++gather().history.completed; }
  void note_offers(std::uint32_t relayed);
  void note_answer() { ++gather().history.answers_relayed; }

  [[nodiscard]] swarm_id const& id() const { return id_; }
  [[nodiscard]] std::uint32_t memberships() const { return memberships_; }
  [[nodiscard]] active_members active() const {
    return crowd_ ? active_members{crowd_->active} : active_members{lone_};
  }
  [[nodiscard]] swarm_counts counts() const {
    return {.complete = seeders_, .incomplete = counted_ - seeders_};
  }
  [[nodiscard]] coarse_time first_seen() const { return first_seen_; }
  [[nodiscard]] swarm_history history() const;

  swarm_told told;

 private:
  struct crowd {
    slot_list active;  // unordered
    swarm_history history;
  };

  crowd& gather();

  swarm_id id_;
  coarse_time first_seen_{};
  std::uint32_t memberships_ = 0;  // active and contested
  std::uint32_t counted_ = 0;      // the active: a reply is made without a look at the crowd
  std::uint32_t seeders_ = 0;      // among them
  slot lone_ = no_slot;            // the active one, while there is no crowd
  std::unique_ptr<crowd> crowd_;
};
static_assert(sizeof(swarm) == 56, "there may be a million");

}  // namespace waggle

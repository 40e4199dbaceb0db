// SPDX-License-Identifier: Apache-2.0
// One membership: a connection speaking as a peer in a swarm (trackers' identity rule: the same
// peer id over another connection is another membership). Pure value; lives in the shard's slab.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/coarse_time.hpp"
#include "server/core/slab.hpp"

#include <cstdint>

namespace waggle {

struct alignas(64) member {
  static constexpr std::uint32_t contested = 0xffff'ffff;  // a position that is none

  peer_id peer;
  session_ref at;
  slot swarm = no_slot;
  slot older_same_peer = no_slot;      // next older membership of this peer id in this swarm
  std::uint32_t position = contested;  // index among the swarm's active members
  coarse_time deadline{};              // dropped then, unless an announce moves it
  coarse_time late{};                  // from then on chosen last: the next announce is overdue
  slot previous_due = no_slot;         // neighbours in the bucket of the expiry wheel
  slot next_due = no_slot;
  std::uint16_t bucket = 0;
  bool seeder = false;

  /// Counted and offered to; false while a newer connection claims the same peer id and this one
  /// has not shown life since.
  [[nodiscard]] bool active() const { return position != contested; }
};
static_assert(sizeof(member) == 64, "a membership is one cache line");

}  // namespace waggle

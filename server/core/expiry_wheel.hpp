// SPDX-License-Identifier: Apache-2.0
// Which membership ends next. A timing wheel with one bucket per coarse step and the links inside
// the members. An announce only moves the deadline forward; the wheel looks again when the bucket
// comes up, so refreshing touches no neighbour. Pure; used by one swarm_table.
#pragma once

#include "server/core/coarse_time.hpp"
#include "server/core/member.hpp"
#include "server/core/slab.hpp"

#include <cstdint>
#include <vector>

namespace waggle {

class expiry_wheel {
 public:
  static constexpr std::uint32_t buckets = 2048;  // 512 s; a later deadline goes round again

  /// @param members  outlives the wheel.
  explicit expiry_wheel(slab<member>& members) : members_(members), heads_(buckets, no_slot) {}

  /// Watches a member whose deadline is set.
  void add(slot which, coarse_time now);
  void remove(slot which);

  /// Call after the deadline of a watched member changed.
  void moved(slot which);

  /// A member whose deadline is over, to be removed by the caller before the next call; no_slot
  /// when there is none or `steps_left` (looked at and counted down here) is used up.
  [[nodiscard]] slot next_expired(coarse_time now, std::uint32_t& steps_left);

 private:
  void link(slot which);
  void unlink(slot which);

  slab<member>& members_;
  std::vector<slot> heads_;
  std::uint32_t done_ = 0;     // steps up to and including this one have been emptied
  std::uint32_t watched_ = 0;  // members in the wheel
};

}  // namespace waggle

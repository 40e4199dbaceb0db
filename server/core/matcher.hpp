// SPDX-License-Identifier: Apache-2.0
// Which members of a swarm receive the offers of an announce. Pure: randomness is an argument. One
// per shard, for its scratch memory.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/active_members.hpp"
#include "server/core/coarse_time.hpp"
#include "server/core/member.hpp"
#include "server/core/random.hpp"
#include "server/core/slab.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace waggle {

struct match_limits {
  std::uint32_t exact_members_max = 64;  // up to this size of swarm everybody is looked at
  std::uint32_t probes_per_offer = 4;    // random picks before walking
  std::uint32_t window_per_offer = 8;  // members walked past, from a random start, in bigger swarms
  std::uint32_t window_min = 64;

  bool operator==(match_limits const&) const = default;
};

struct match_request {
  active_members active;  // of the swarm
  peer_id const& sender;  // never chosen, over whatever connection
  std::uint32_t wanted = 0;
  coarse_time now{};
};

class matcher {
 public:
  explicit matcher(match_limits const& limits) : limits_(limits) {}

  /// At most `wanted` distinct members, uniformly random; those overdue with their announce only
  /// where there are not enough others. In a swarm of up to exact_members_max the result is short
  /// only if there are no more; in bigger ones the work is O(wanted) and it may then be short.
  /// @return valid until the next call.
  [[nodiscard]] std::span<slot const> choose(match_request const& request,
                                             slab<member> const& members, random_source& random);

 private:
  void probe(match_request const& request, slab<member> const& members, random_source& random);
  void walk(match_request const& request, slab<member> const& members, random_source& random);
  void consider(slot candidate, match_request const& request, slab<member> const& members);
  static void take_random(std::vector<slot>& from, std::vector<slot>& to, std::uint32_t wanted,
                          random_source& random);

  match_limits limits_;
  std::vector<slot> chosen_;
  std::vector<std::uint32_t> picked_;  // where in the swarm a round of probing looks
  std::vector<slot> fresh_;            // candidates found by walking
  std::vector<slot> late_;             // likewise, overdue
};

}  // namespace waggle

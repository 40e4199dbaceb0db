// SPDX-License-Identifier: Apache-2.0
// How often each swarm was downloaded completely, of all times: also of swarms in which nobody is
// now. Bounded: where it is full, one that has not been asked for or added to lately is forgotten
// here (a store still knows it). Pure; owned by one shard.
#pragma once

#include "server/core/keyed_hash.hpp"
#include "server/core/slab.hpp"
#include "server/core/slot_index.hpp"

#include <cstddef>
#include <cstdint>

namespace waggle {

class completion_book {
 public:
  completion_book(std::uint32_t swarms_max, hash_seed const& seed)
      : swarms_max_(swarms_max), seed_(seed) {}

  void add(swarm_id const& swarm, std::uint64_t completions);
  /// Marks the swarm as asked for.
  [[nodiscard]] std::uint32_t count(swarm_id const& swarm);

  [[nodiscard]] std::uint32_t swarms() const { return entries_.size(); }

 private:
  struct entry {
    swarm_id swarm;
    std::uint32_t completions = 0;
    bool recent = false;
  };

  [[nodiscard]] std::uint64_t hash_of(swarm_id const& swarm) const {
    return key_digest(seed_).add(swarm).finish();
  }
  [[nodiscard]] slot find(swarm_id const& swarm, std::uint64_t hash) const;
  void forget_one();

  std::uint32_t swarms_max_;
  hash_seed seed_;
  slab<entry> entries_;
  slot_index by_swarm_;
  slot hand_ = 0;  // where forget_one() looks next
};

}  // namespace waggle

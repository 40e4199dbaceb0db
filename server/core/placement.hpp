// SPDX-License-Identifier: Apache-2.0
// Which core of this node owns a swarm. Every core holds the same value and gives the same answer,
// for as long as the process lives. Pure.
#pragma once

#include "server/core/keyed_hash.hpp"

#include <cstdint>

namespace waggle {

struct placement {
  hash_seed seed;
  std::uint16_t cores = 1;  // at least 1

  [[nodiscard]] std::uint16_t core_of(swarm_id const& swarm) const {
    // A purpose of its own keeps this independent of the bits the tables of a shard use: otherwise
    // all keys of one core would crowd into one part of its tables.
    constexpr std::uint64_t purpose = 0x706c6163656d6e74U;  // "placemnt"
    auto const hash = key_digest(seed).add(swarm).add(purpose, 0).finish();
    return static_cast<std::uint16_t>((hash >> 32) * cores >> 32);
  }
};

}  // namespace waggle

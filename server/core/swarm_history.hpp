// SPDX-License-Identifier: Apache-2.0
// What a swarm has seen since its first member came, for operators: nothing here decides anything.
// Counts wrap at 2^32. Pure value; lives in its swarm and ends with it, unless a store keeps it
// (server/storage).
#pragma once

#include "server/core/coarse_time.hpp"

#include <cstdint>

namespace waggle {

struct swarm_history {
  coarse_time first_seen{};
  std::uint32_t peak = 0;       // most counted peers at once
  std::uint32_t joins = 0;      // memberships made
  std::uint32_t completed = 0;  // peers that became seeders by `completed` (BEP 48 downloaded)
  std::uint32_t offers_relayed = 0;
  std::uint32_t answers_relayed = 0;

  bool operator==(swarm_history const&) const = default;
};

}  // namespace waggle

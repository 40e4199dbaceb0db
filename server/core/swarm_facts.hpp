// SPDX-License-Identifier: Apache-2.0
// A swarm as operators see it, and the orders in which they ask for swarms. Pure values.
#pragma once

#include "protocol/event.hpp"
#include "protocol/ids.hpp"
#include "server/core/swarm_history.hpp"

#include <cstdint>

namespace waggle {

enum class swarm_order : std::uint8_t { members, joins, relays };
inline constexpr std::size_t swarm_orders = 3;

struct swarm_facts {
  swarm_id swarm;
  swarm_counts counts;
  swarm_history history;
};
static_assert(sizeof(swarm_facts) == 56, "a census keeps millions");

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What operators may see of a core: its swarms and sessions, walked a slice a turn, and one swarm.
// Nothing is kept here and nothing is changed.
#pragma once

#include "protocol/ip_address.hpp"
#include "server/core/swarm_facts.hpp"
#include "server/core_loop.hpp"
#include "server/session/client_census.hpp"
#include "server/session/conversation.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace waggle {

/// How much of its tables a core looks at before others have their turn.
inline constexpr std::uint32_t swarm_slots_a_turn = 2048;
inline constexpr std::size_t session_slots_a_turn = 100;

/// Makes the walk go on with the next slice; empty after the last one. Any thread, once, while the
/// core lives.
using next_slice = std::function<void()>;
/// Called on the core, once for each slice; the last one may have no rows.
template <class Row>
using slice_taker = std::function<void(std::vector<Row> rows, next_slice next)>;

/// Any thread. The walk waits after each slice until the next one is asked for, so that whoever
/// takes them sets the pace. What is there all the while is seen once; what comes or goes meanwhile
/// may be missed, and a swarm that goes and comes back may be seen twice.
void walk_swarms(core_loop& core, slice_taker<swarm_facts> take);
void walk_sessions(core_loop& core, slice_taker<session_facts> take);

/// A member as its swarm knows it.
struct member_facts {
  peer_id peer;
  session_ref at;
  bool seeder = false;
  bool counted = true;
};
struct swarm_members {
  swarm_facts facts;
  std::vector<member_facts> page;
};
/// On this core only. Nothing: nobody is there.
[[nodiscard]] std::optional<swarm_members> members_of(core_loop const& core, swarm_id const& swarm,
                                                      std::size_t offset, std::size_t limit);

/// A member as its session knows it.
struct member_session {
  ip_address shown;  // the first address of its shown_network()
  membership_facts facts;
};
/// On this core only. Nothing: the session has ended, or is no such member any more.
[[nodiscard]] std::optional<member_session> session_of(core_loop& core, swarm_id const& swarm,
                                                       member_facts const& member);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What one shard should hold, written as plainly as possible: maps, lists and linear scans. It
// knows no slots, wheels or hashes; where it and the shard differ, one of them is wrong. Tests
// only.
#pragma once

#include "server/core/shard.hpp"

#include <list>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace waggle::sim {

/// Ordered like the key of a map.
struct claim {
  session_ref at;
  peer_id peer;

  auto operator<=>(claim const&) const = default;
};

class model {
 public:
  explicit model(shard_limits const& limits) : limits_(limits) {}

  /// Applies an announce; returns the connections that must be probed.
  std::set<session_ref> announce(announce_message const& message, core_time now);
  void leave(claim const& who, swarm_id const& where);
  void confirm(claim const& who, swarm_id const& where);

  /// An offer was relayed.
  void relay(route_key const& key, session_peer const& sender, core_time now);
  /// The connections that must hear this answer.
  std::set<session_ref> answer(answer_message const& message, core_time now);

  /// Ages out memberships and routes; returns who must be told.
  std::set<std::pair<claim, swarm_id>> expire(core_time now);

  struct receivers {
    std::set<claim> fresh;
    std::set<claim> late;
  };
  [[nodiscard]] receivers eligible(swarm_id const& where, peer_id const& sender,
                                   core_time now) const;
  [[nodiscard]] swarm_counts counts(swarm_id const& where) const;
  [[nodiscard]] shard_totals totals() const;
  [[nodiscard]] std::vector<swarm_id> swarms() const;

 private:
  struct entry {
    session_ref at;
    bool seeder = false;
    bool contested = false;
    core_time deadline{};
    core_time late{};
  };
  using same_peer = std::list<entry>;  // in the order in which they joined
  using members_by_peer = std::map<peer_id, same_peer>;

  struct route {
    route_key key;
    session_peer sender;
    core_time deadline{};
  };

  entry* find(claim const& who, swarm_id const& where);
  [[nodiscard]] bool has_room(announce_message const& message) const;
  void refresh(entry& known, announce_message const& message, core_time now) const;
  void remove(claim const& who, swarm_id const& where);

  shard_limits limits_;
  std::map<swarm_id, members_by_peer> swarms_;
  std::list<route> routes_;  // the one relayed longest ago first
};

}  // namespace waggle::sim

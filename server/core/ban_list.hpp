// SPDX-License-Identifier: Apache-2.0
// Whom and what operators keep out: a snapshot that every core reads and nobody changes. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "protocol/ip_address.hpp"
#include "server/core/range_set.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace waggle {

class ban_list {
 public:
  struct parts {
    std::vector<ip_network> addresses{};
    std::vector<swarm_id> swarms{};
    std::vector<std::vector<std::uint8_t>> peer_prefixes{};  // of 1 to 20 bytes
  };

  ban_list() = default;
  explicit ban_list(parts const& banned);

  [[nodiscard]] bool bans(ip_address const& client) const { return addresses_.contains(client); }
  [[nodiscard]] bool bans(swarm_id const& swarm) const { return swarms_.contains(swarm); }
  [[nodiscard]] bool bans(peer_id const& peer) const { return peers_.contains(peer); }

  [[nodiscard]] bool empty() const {
    return addresses_.empty() && swarms_.empty() && peers_.empty();
  }

 private:
  range_set<ip_address> addresses_;
  range_set<swarm_id> swarms_;
  range_set<peer_id> peers_;
};

}  // namespace waggle

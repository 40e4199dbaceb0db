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
    std::vector<info_hash> hashes{};                         // of every tenant
    std::vector<std::vector<std::uint8_t>> peer_prefixes{};  // of 1 to 20 bytes
    std::vector<tenant_id> tenants{};
    std::vector<token_id> tokens{};
  };

  ban_list() = default;
  explicit ban_list(parts const& banned);

  [[nodiscard]] bool bans(ip_address const& client) const { return addresses_.contains(client); }
  [[nodiscard]] bool bans(info_hash const& hash) const { return hashes_.contains(hash); }
  [[nodiscard]] bool bans(peer_id const& peer) const { return peers_.contains(peer); }
  [[nodiscard]] bool bans(tenant_id tenant) const { return tenants_.contains(tenant); }
  [[nodiscard]] bool bans(token_id const& token) const { return tokens_.contains(token); }

  [[nodiscard]] bool empty() const {
    return addresses_.empty() && hashes_.empty() && peers_.empty() && tenants_.empty() &&
           tokens_.empty();
  }

 private:
  range_set<ip_address> addresses_;
  range_set<info_hash> hashes_;
  range_set<peer_id> peers_;
  range_set<tenant_id> tenants_;
  range_set<token_id> tokens_;
};

}  // namespace waggle

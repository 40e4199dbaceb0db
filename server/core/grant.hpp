// SPDX-License-Identifier: Apache-2.0
// What a token that was verified allows its client: which swarms, and how much. Made once a
// connection, shared by what belongs to it, never changed. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/access.hpp"
#include "server/core/origin_filter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

/// The swarms that a token names: info hashes, names of content, and beginnings of such names.
class swarm_scope {
 public:
  swarm_scope() = default;  // all swarms of the tenant
  /// @param entries  "live/*", "movies/one", 40 hex digits, or the 20 characters of a binary
  /// string,
  ///     which may be the name of content as well.
  explicit swarm_scope(std::span<std::string const> entries);

  /// @param name  of the content, as the tenant's book has it; empty: it names none.
  [[nodiscard]] bool covers(info_hash const& which, std::string_view name) const;

 private:
  bool all_ = true;
  info_hash_set hashes_;
  std::vector<std::string> names_;     // sorted
  std::vector<std::string> prefixes_;  // without their '*'
};

struct grant {
  token_id token;
  tenant_id tenant = tenant_id::none;
  swarm_scope swarms;
  origin_filter origins;                       // of the pages that may show it
  std::uint32_t connections_max = UINT32_MAX;  // at once, with this token
  std::uint32_t memberships_max = UINT32_MAX;  // of the connection
  std::uint32_t offers_max = UINT32_MAX;       // relayed of one announce
};

/// What a client comes with, as its handshake has shown.
struct client_standing {
  tenant_id tenant = tenant_id::none;
  std::uint32_t address_tag = 0;         // equal for equal public addresses, and tells nothing else
  std::shared_ptr<grant const> token{};  // null: it showed none
};

/// A client on its way to a conversation.
struct newcomer {
  client_standing standing;
  std::string origin{};  // of its page, where its tenant has keys: tokens may ask for it later
  std::string host{};    // under which it has reached the server, of native clients
};

}  // namespace waggle

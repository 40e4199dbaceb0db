// SPDX-License-Identifier: Apache-2.0
// Who shares the server, and by which rules each is served: a snapshot that every core reads and
// nobody changes. A reload makes a new one. Pure.
#pragma once

#include "protocol/error.hpp"
#include "protocol/ids.hpp"
#include "protocol/sdp/ice_policy.hpp"
#include "server/core/access.hpp"
#include "server/core/content_book.hpp"
#include "server/core/grant.hpp"
#include "server/core/ice_plan.hpp"
#include "server/core/origin_filter.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

/// How a swarm that is not served here is refused (docs/protocol/webtorrent.md#refusal).
enum class refusal_mode : std::uint8_t {
  quiet,    // a normal reply with counts 0 and, once, a warning
  failure,  // one failure, then silence
};

struct refusal_rules {
  refusal_mode mode = refusal_mode::quiet;
  std::chrono::seconds denied_interval{1800};  // while no swarm of the connection is served
  std::string warning{reason(errc::swarm_denied)};

  bool operator==(refusal_rules const&) const = default;
};

/// Of one tenant over the whole server; UINT32_MAX: as many as the server takes.
struct tenant_limits {
  std::uint32_t connections_max = UINT32_MAX;
  std::uint32_t swarms_max = UINT32_MAX;
  std::uint32_t messages_per_second = UINT32_MAX;
  std::uint32_t memberships_max = UINT32_MAX;  // of one connection
  std::uint32_t members_max = UINT32_MAX;      // of one swarm

  bool operator==(tenant_limits const&) const = default;
};

/// Whether a client has to show a token.
enum class token_rule : std::uint8_t {
  ignored,      // the tenant has no keys
  optional,     // one that is shown must be good
  at_connect,   // needed in the request
  in_announce,  // needed in the request or in an announce
};

struct tenant_policy {
  tenant_id id = tenant_id::none;
  std::string name;  // empty: of connections that name no tenant
  access_policy access;
  std::shared_ptr<content_book const> content;  // null: no swarm has a name
  origin_filter origins;
  sdp::ice_policy ice = sdp::ice_policy::all;
  std::shared_ptr<ice_plan const> ice_servers{};  // null: clients are told of none
  token_rule tokens = token_rule::ignored;
  refusal_rules refusal;
  tenant_limits limits;

  /// Whether `token` lets a client into this swarm; a null one is none.
  [[nodiscard]] bool serves(info_hash const& which, grant const* token) const;
  /// What the swarm is called; empty if it has no name. Valid as long as the policy.
  [[nodiscard]] std::string_view name_of(info_hash const& which) const;
};

class tenant_directory {
 public:
  using policies = std::vector<std::shared_ptr<tenant_policy const>>;

  /// One open tenant without a name.
  tenant_directory();
  /// @param all  in any order; one without a name serves those who name none.
  explicit tenant_directory(policies all);

  /// Null: there is no such tenant. O(log tenants).
  [[nodiscard]] tenant_policy const* find(tenant_id which) const;
  [[nodiscard]] tenant_policy const* find(std::string_view name) const;

  [[nodiscard]] policies const& all() const { return by_id_; }
  /// Whether there is a tenant with a name.
  [[nodiscard]] bool has_names() const { return by_id_.size() > (unnamed_ == nullptr ? 0U : 1U); }

 private:
  policies by_id_;  // sorted by id; of one without a name it is the least
  tenant_policy const* unnamed_ = nullptr;
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// All connections as they were during one walk over the cores, and how many of them have the same
// software, for lists. Pure; filled by one thread, then read only.
//
// Memory: 104 bytes a connection up to rows_max, and at most groups_max groups of 64 bytes.
#pragma once

#include "protocol/client_name.hpp"
#include "protocol/ids.hpp"
#include "protocol/ip_address.hpp"
#include "server/core/coarse_time.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace waggle {

/// A connection as operators see it.
struct session_facts {
  session_ref at;
  ip_address shown;  // the first address of its shown_network()
  browser_name browser;
  bool tls = false;
  client_key client;         // in one of its swarms
  std::string_view dialect;  // static text
  coarse_time opened{};
  std::uint32_t memberships = 0;
  std::uint32_t queued_bytes = 0;
  tenant_id tenant = tenant_id::none;
  std::optional<token_id> token{};  // with which it was let in
};
static_assert(sizeof(session_facts) <= 104, "a census keeps a million");

/// What connections can have in common.
struct client_kind {
  client_key client;
  browser_name browser;
  std::string_view dialect;

  auto operator<=>(client_kind const&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct client_census_limits {
  std::size_t rows_max = 1'000'000;
  std::size_t groups_max = 4096;  // whoever makes up more is counted among the others
};

class client_census {
 public:
  struct group {
    client_kind kind;
    std::uint32_t connections = 0;
  };

  explicit client_census(client_census_limits const& limits = {}) : limits_(limits) {}

  void add(std::vector<session_facts> seen);
  /// The walk is over: sorts the groups. Nothing may be added any more.
  void finish();
  /// As new, for another walk, with the memory that it has.
  void restart();

  [[nodiscard]] std::size_t connections() const { return connections_; }
  /// By core, then as the core has them; what is over rows_max is missing.
  [[nodiscard]] std::vector<session_facts> list(std::size_t offset, std::size_t limit) const;
  /// The largest first.
  [[nodiscard]] std::span<group const> groups() const { return groups_; }
  /// In none of the groups.
  [[nodiscard]] std::uint32_t others() const { return others_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  client_census_limits limits_;
  std::vector<std::vector<session_facts>> rows_;  // those from used_ on wait for more
  std::size_t used_ = 0;
  std::size_t kept_ = 0;
  std::size_t connections_ = 0;
  std::map<client_kind, std::uint32_t> counts_;  // until finish(); at most groups_max
  std::vector<group> groups_;
  std::uint32_t others_ = 0;
};

}  // namespace waggle

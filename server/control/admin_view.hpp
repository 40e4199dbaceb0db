// SPDX-License-Identifier: Apache-2.0
// What the admin API may ask of the server and make it do. Called on the control loop, which is
// where callbacks run, too: once, inside or after the call; they stay callable when nobody waits.
#pragma once

#include "protocol/client_name.hpp"
#include "protocol/event.hpp"
#include "protocol/ids.hpp"
#include "protocol/ip_address.hpp"
#include "server/control/reload_report.hpp"
#include "server/core/swarm_facts.hpp"
#include "server/core/swarm_history.hpp"
#include "server/core/swarm_name.hpp"
#include "server/storage/fact.hpp"
#include "server/storage/store.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle {

/// A page of a list that is no older than `age`.
template <class Row>
struct list_page {
  std::vector<Row> rows;
  std::size_t total = 0;  // rows that match, on all pages
  std::chrono::milliseconds age{};
};

struct page_request {
  std::size_t offset = 0;
  std::size_t limit = 50;  // at most 500
};

struct swarm_row {
  swarm_id swarm;
  std::string tenant{};  // its name; empty: it has none, or is not known any more
  std::string name{};    // as the tenant has registered it; else core/swarm_name.hpp
  swarm_counts counts;
  swarm_history history;
  std::chrono::milliseconds age{};  // since its first member came
};

struct swarm_list_request {
  page_request page{};
  swarm_order order = swarm_order::members;  // the most first
  swarm_search search{};
};

struct member_row {
  peer_id peer;
  client_name client;
  std::string address;  // truncated: "192.0.2.0/24", "2001:db8:1::/48"
  bool seeder = false;
  bool counted = true;  // false: a newer connection claims the same peer id
  std::chrono::milliseconds age{};
  std::chrono::milliseconds silent{};  // since its last announce
  std::uint32_t offers_received = 0;
  std::uint32_t offers_answered = 0;
};

struct swarm_detail {
  swarm_row row;
  // Of the page that was asked for, whose bounds count the counted: whoever claims the peer id of
  // one of them comes right behind it, on top.
  std::vector<member_row> members;
};

struct connection_row {
  session_ref at;
  std::string address;   // truncated
  std::string tenant{};  // its name
  tenant_id tenant_is = tenant_id::none;
  std::optional<token_id> token{};  // with which it was let in
  bool tls = false;
  std::string dialect;
  std::string browser;  // "Chrome 131", "Firefox 128", "Node", ...; empty: unknown
  client_name client;
  std::chrono::milliseconds age{};
  std::uint32_t memberships = 0;
  std::size_t queued_bytes = 0;
};

/// Connections that have something in common.
struct client_group {
  std::string library;
  std::string version;
  std::string browser;
  std::string dialect;
  std::uint32_t connections = 0;
};

/// One line of a flight recorder.
struct recorded_event {
  std::chrono::milliseconds ago{};
  std::uint16_t core = 0;
  std::string what;  // "join", "leave", "expire", "offer", "answer", "unmatched", "unroutable", ...
  swarm_id swarm;
  peer_id peer;                  // who did it
  std::optional<peer_id> other;  // whom it reached
  std::string why;               // of a drop; else empty
};

/// Why something was not done, in words for the operator.
struct admin_error {
  enum class kind : std::uint8_t { invalid, refused, not_found, full, unavailable } what;
  std::string text;
};

template <class T>
using admin_result = boost::system::result<T, admin_error>;

struct ban_request {
  storage::ban_kind kind = storage::ban_kind::info_hash;
  std::string value;  // as the operator wrote it
  std::string reason;
  std::optional<std::chrono::seconds> lasts;  // nothing: for good
};

/// A tenant that clients are served as. Limits: 0: as the server's own say.
struct tenant_row {
  std::string name;        // empty: of who names none
  bool configured = true;  // false: an operator has made it
  std::string settings;    // JSON: what it has of its own, secrets masked
  std::uint32_t connections = 0;
  std::uint32_t swarms = 0;
  std::uint32_t connections_max = 0;
  std::uint32_t swarms_max = 0;
  std::string by{};                           // of one that an operator has made
  std::optional<storage::wall_time> since{};  // likewise
};

struct tenant_wish {
  std::string name;
  std::string settings;  // JSON, as the configuration has it below a tenant's name
};

class admin_view {
 public:
  admin_view() = default;
  admin_view(admin_view const&) = delete;
  admin_view& operator=(admin_view const&) = delete;
  virtual ~admin_view() = default;

  /// The cores' rows are gathered in slices while somebody asks: the first answer waits for them,
  /// later ones come at once from rows up to 10 s old.
  virtual void list_swarms(swarm_list_request const& wanted,
                           std::function<void(list_page<swarm_row>)> done) = 0;
  virtual void list_connections(page_request const& wanted,
                                std::function<void(list_page<connection_row>)> done) = 0;
  virtual void list_clients(page_request const& wanted,
                            std::function<void(list_page<client_group>)> done) = 0;

  /// Asked of its core now. Nothing: nobody is there.
  virtual void find_swarm(swarm_id const& swarm, page_request const& members,
                          std::function<void(std::optional<swarm_detail>)> done) = 0;

  /// The newest last. Of one swarm: what its own recorder has if it is watched, else what the
  /// recorders of its core still have of it.
  virtual void recorded(std::optional<swarm_id> const& swarm, std::size_t limit,
                        std::function<void(std::vector<recorded_event>)> done) = 0;
  /// Gives a swarm a recorder of its own until it is unwatched; at most 16 are watched.
  [[nodiscard]] virtual admin_result<void> watch(swarm_id const& swarm, bool on,
                                                 std::string_view by) = 0;
  [[nodiscard]] virtual std::vector<swarm_id> watched() const = 0;

  /// In force on every core within a second, and ended by itself. `by` is for the audit log.
  [[nodiscard]] virtual admin_result<storage::ban_record> ban(ban_request const& wanted,
                                                              std::string_view by) = 0;
  [[nodiscard]] virtual admin_result<void> lift_ban(std::uint64_t id, std::string_view by) = 0;
  [[nodiscard]] virtual std::vector<storage::ban_record> bans() const = 0;

  /// By name. Those of the configuration, and those that operators have made.
  [[nodiscard]] virtual list_page<tenant_row> tenants(page_request const& wanted) const = 0;
  [[nodiscard]] virtual std::optional<tenant_row> find_tenant(std::string const& name) const = 0;
  /// In force on every core within a second, and kept by the store. @return whether it is new.
  [[nodiscard]] virtual admin_result<bool> put_tenant(tenant_wish const& wanted,
                                                      std::string_view by) = 0;
  /// Its connections are closed. Of those that operators have made.
  [[nodiscard]] virtual admin_result<void> remove_tenant(std::string const& name,
                                                         std::string_view by) = 0;

  /// Without a window: over the one of the configuration in use.
  virtual void drain(std::optional<std::chrono::seconds> window, std::string_view by) = 0;
  [[nodiscard]] virtual reload_report reload(std::string_view by) = 0;
  /// Keys and values as print-config writes them, secrets masked.
  [[nodiscard]] virtual std::string effective_config_json() const = 0;
  /// @param area  one of log::area_names, or "all".
  [[nodiscard]] virtual admin_result<void> set_log_level(std::string_view area,
                                                         std::string_view level,
                                                         std::string_view by) = 0;
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> log_levels() const = 0;

  /// The facts that outlive the server.
  [[nodiscard]] virtual storage::store& store() = 0;
};

}  // namespace waggle

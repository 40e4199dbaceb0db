// SPDX-License-Identifier: Apache-2.0
// The admin API's view of the server: forwards each question to the part that knows, and each order
// to the part that can; what operators order is written down. Control loop only.
#pragma once

#include "server/audit_log.hpp"
#include "server/bans.hpp"
#include "server/census.hpp"
#include "server/configuration.hpp"
#include "server/control/admin_view.hpp"
#include "server/policy_keeper.hpp"
#include "server/recorders.hpp"
#include "server/shutdown.hpp"
#include "server/storage/store.hpp"
#include "server/tenants.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle {

/// All outlive the admin.
struct admin_parts {
  census& lists;
  recorders& rings;
  bans& banned;
  tenants& made_tenants;
  tenant_ledger& usage;
  configuration& config;
  shutdown& ending;
  storage::store& facts;
  policy_keeper const& policies;
  std::function<storage::wall_time()> now;
  std::function<reload_report()> reload;  // of all that can be
};

class admin final : public admin_view {
 public:
  explicit admin(admin_parts parts) : with_(std::move(parts)) {}

  void list_swarms(swarm_list_request const& wanted,
                   std::function<void(list_page<swarm_row>)> done) override;
  void list_connections(page_request const& wanted,
                        std::function<void(list_page<connection_row>)> done) override;
  void list_clients(page_request const& wanted,
                    std::function<void(list_page<client_group>)> done) override;
  void find_swarm(swarm_id const& swarm, page_request const& members,
                  std::function<void(std::optional<swarm_detail>)> done) override;

  void recorded(std::optional<swarm_id> const& swarm, std::size_t limit,
                std::function<void(std::vector<recorded_event>)> done) override;
  [[nodiscard]] admin_result<void> watch(swarm_id const& swarm, bool on,
                                         std::string_view by) override;
  [[nodiscard]] std::vector<swarm_id> watched() const override;

  [[nodiscard]] admin_result<storage::ban_record> ban(ban_request const& wanted,
                                                      std::string_view by) override;
  [[nodiscard]] admin_result<void> lift_ban(std::uint64_t id, std::string_view by) override;
  [[nodiscard]] std::vector<storage::ban_record> bans() const override;

  [[nodiscard]] list_page<tenant_row> tenants(page_request const& wanted) const override;
  [[nodiscard]] std::optional<tenant_row> find_tenant(std::string const& name) const override;
  [[nodiscard]] admin_result<bool> put_tenant(tenant_wish const& wanted,
                                              std::string_view by) override;
  [[nodiscard]] admin_result<void> remove_tenant(std::string const& name,
                                                 std::string_view by) override;

  void drain(std::optional<std::chrono::seconds> window, std::string_view by) override;
  [[nodiscard]] reload_report reload(std::string_view by) override;
  [[nodiscard]] std::string effective_config_json() const override;
  [[nodiscard]] admin_result<void> set_log_level(std::string_view area, std::string_view level,
                                                 std::string_view by) override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> log_levels() const override;

  [[nodiscard]] storage::store& store() override { return with_.facts; }

 private:
  void name(swarm_row& row) const;
  /// The swarms of content whose registered name begins so.
  [[nodiscard]] std::vector<swarm_id> registered_as(std::string_view name) const;
  [[nodiscard]] tenant_row row_of(std::string const& name, tenant_settings const& tenant) const;

  admin_parts with_;
  audit_log audit_{with_.facts, with_.now};
};

}  // namespace waggle

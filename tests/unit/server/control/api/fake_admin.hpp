// SPDX-License-Identifier: Apache-2.0
// A server that answers what a test wrote down, and keeps what it was asked to do. Its store
// answers on a thread of its own, as stores do.
#pragma once

#include "server/control/admin_view.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace waggle::test {

class fake_store final : public storage::store {
 public:
  std::vector<storage::swarm_record> swarms;
  std::vector<storage::series_point> points;
  std::vector<storage::audit_record> audit;
  storage::store_facts state;
  bool silent = false;  // never answers

  storage::series_query asked_series;  // the last one
  storage::audit_query asked_audit;

  ~fake_store() override { join(); }

  void apply(std::span<storage::fact const> /*facts*/) override {}
  [[nodiscard]] storage::loaded load() override { return {}; }
  void load_later(std::function<void(storage::loaded)> done) override { done({}); }
  void find_swarms(std::vector<swarm_id> wanted,
                   std::function<void(std::vector<storage::swarm_record>)> done) override {
    std::vector<storage::swarm_record> found;
    for (auto const& record : swarms) {
      if (std::find(wanted.begin(), wanted.end(), record.swarm) != wanted.end()) {
        found.push_back(record);
      }
    }
    answer(std::move(done), std::move(found));
  }
  void find_series(storage::series_query query,
                   std::function<void(std::vector<storage::series_point>)> done) override {
    asked_series = std::move(query);
    answer(std::move(done), points);
  }
  void find_audit(storage::audit_query query,
                  std::function<void(std::vector<storage::audit_record>)> done) override {
    asked_audit = query;
    auto found = audit;
    if (found.size() > query.limit) found.resize(query.limit);
    answer(std::move(done), std::move(found));
  }
  [[nodiscard]] storage::store_facts facts() const override { return state; }

  void join() {
    for (auto& one : threads_) one.join();
    threads_.clear();
  }

 private:
  template <class Rows>
  void answer(std::function<void(Rows)> done, Rows rows) {
    if (silent) return;
    threads_.emplace_back(
        [done = std::move(done), rows = std::move(rows)]() mutable { done(std::move(rows)); });
  }

  std::vector<std::thread> threads_;
};

class fake_admin final : public admin_view {
 public:
  std::vector<swarm_row> swarms;
  std::vector<connection_row> connections;
  std::vector<client_group> clients;
  std::optional<swarm_detail> detail;
  std::vector<recorded_event> events;
  std::vector<swarm_id> watching;
  std::vector<storage::ban_record> banned;
  std::vector<tenant_row> served;    // tenants
  std::optional<admin_error> error;  // of whatever is tried next
  reload_report report{.ok = true};
  std::vector<std::pair<std::string, std::string>> levels{{"net", "info"}, {"app", "warn"}};
  bool silent = false;  // never answers
  fake_store facts;

  swarm_list_request asked_list;
  page_request asked_page;
  std::optional<swarm_id> asked_swarm;
  std::size_t asked_limit = 0;
  ban_request asked_ban;
  tenant_wish asked_tenant;
  std::vector<std::optional<std::chrono::seconds>> drains;
  std::string by;

  void list_swarms(swarm_list_request const& wanted,
                   std::function<void(list_page<swarm_row>)> done) override {
    asked_list = wanted;
    if (!silent) done(page_of(swarms, wanted.page));
  }
  void list_connections(page_request const& wanted,
                        std::function<void(list_page<connection_row>)> done) override {
    if (!silent) done(page_of(connections, wanted));
  }
  void list_clients(page_request const& wanted,
                    std::function<void(list_page<client_group>)> done) override {
    if (!silent) done(page_of(clients, wanted));
  }
  void find_swarm(swarm_id const& swarm, page_request const& members,
                  std::function<void(std::optional<swarm_detail>)> done) override {
    asked_swarm = swarm;
    asked_page = members;
    if (!silent) done(detail);
  }
  void recorded(std::optional<swarm_id> const& swarm, std::size_t limit,
                std::function<void(std::vector<recorded_event>)> done) override {
    asked_swarm = swarm;
    asked_limit = limit;
    if (!silent) done(events);
  }
  [[nodiscard]] admin_result<void> watch(swarm_id const& swarm, bool on,
                                         std::string_view who) override {
    by = who;
    if (error) return *error;
    std::erase(watching, swarm);
    if (on) watching.push_back(swarm);
    return {};
  }
  [[nodiscard]] std::vector<swarm_id> watched() const override { return watching; }

  [[nodiscard]] admin_result<storage::ban_record> ban(ban_request const& wanted,
                                                      std::string_view who) override {
    asked_ban = wanted;
    by = who;
    if (error) return *error;
    storage::ban_record made{.id = banned.size() + 1,
                             .kind = wanted.kind,
                             .value = wanted.value,
                             .reason = wanted.reason,
                             .by = by,
                             .since = storage::wall_time{std::chrono::milliseconds{1'000}},
                             .until = storage::wall_time::max()};
    if (wanted.lasts) made.until = made.since + *wanted.lasts;
    banned.push_back(made);
    return made;
  }
  [[nodiscard]] admin_result<void> lift_ban(std::uint64_t id, std::string_view who) override {
    by = who;
    auto const gone = std::erase_if(banned, [id](auto const& ban) { return ban.id == id; });
    if (gone == 0) return admin_error{admin_error::kind::not_found, "no such ban"};
    return {};
  }
  [[nodiscard]] std::vector<storage::ban_record> bans() const override { return banned; }

  [[nodiscard]] list_page<tenant_row> tenants(page_request const& wanted) const override {
    return page_of(served, wanted);
  }
  [[nodiscard]] std::optional<tenant_row> find_tenant(std::string const& name) const override {
    auto const found = std::find_if(served.begin(), served.end(),
                                    [&](auto const& row) { return row.name == name; });
    if (found == served.end()) return std::nullopt;
    return *found;
  }
  [[nodiscard]] admin_result<bool> put_tenant(tenant_wish const& wanted,
                                              std::string_view who) override {
    asked_tenant = wanted;
    by = who;
    if (error) return *error;
    auto const fresh = !find_tenant(wanted.name);
    if (fresh) served.push_back({.name = wanted.name, .configured = false, .settings = "{}"});
    return fresh;
  }
  [[nodiscard]] admin_result<void> remove_tenant(std::string const& name,
                                                 std::string_view who) override {
    by = who;
    if (error) return *error;
    auto const gone = std::erase_if(served, [&](auto const& row) { return row.name == name; });
    if (gone == 0) return admin_error{admin_error::kind::not_found, "no such tenant"};
    return {};
  }

  void drain(std::optional<std::chrono::seconds> window, std::string_view who) override {
    drains.push_back(window);
    by = who;
  }
  [[nodiscard]] reload_report reload(std::string_view who) override {
    by = who;
    return report;
  }
  [[nodiscard]] std::string effective_config_json() const override {
    return R"({"admin":{"token":"***"}})";
  }
  [[nodiscard]] admin_result<void> set_log_level(std::string_view area, std::string_view level,
                                                 std::string_view who) override {
    by = who;
    if (error) return *error;
    for (auto& [name, value] : levels) {
      if (area == name || area == "all") value = level;
    }
    return {};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> log_levels() const override {
    return levels;
  }
  [[nodiscard]] storage::store& store() override { return facts; }

 private:
  template <class Row>
  static list_page<Row> page_of(std::vector<Row> const& rows, page_request const& wanted) {
    list_page<Row> page{.total = rows.size(), .age = std::chrono::milliseconds{250}};
    for (auto i = wanted.offset; i < rows.size() && page.rows.size() < wanted.limit; ++i) {
      page.rows.push_back(rows[i]);
    }
    return page;
  }
};

}  // namespace waggle::test

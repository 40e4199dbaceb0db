// SPDX-License-Identifier: Apache-2.0
#include "server/admin.hpp"

#include "config/documents.hpp"
#include "config/fields.hpp"
#include "protocol/tenant_name.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/log.hpp"

#include <algorithm>
#include <utility>

namespace waggle {
namespace {

constexpr std::size_t named_max = 10'000;  // swarms that one search finds by registered names

}  // namespace

void admin::list_swarms(swarm_list_request const& wanted,
                        std::function<void(list_page<swarm_row>)> done) {
  auto named = wanted;
  if (!named.search.finds_all()) named.search.find_also(registered_as(named.search.words()));
  with_.lists.list_swarms(named, [this, done = std::move(done)](list_page<swarm_row> page) {
    for (auto& row : page.rows) name(row);
    done(std::move(page));
  });
}

void admin::list_connections(page_request const& wanted,
                             std::function<void(list_page<connection_row>)> done) {
  with_.lists.list_connections(
      wanted, [this, done = std::move(done)](list_page<connection_row> page) {
        for (auto& row : page.rows) {
          auto const* const tenant = with_.policies.in_use().tenants->find(row.tenant_is);
          if (tenant != nullptr) row.tenant = tenant->name;
        }
        done(std::move(page));
      });
}

void admin::list_clients(page_request const& wanted,
                         std::function<void(list_page<client_group>)> done) {
  with_.lists.list_clients(wanted, std::move(done));
}

void admin::find_swarm(swarm_id const& swarm, page_request const& members,
                       std::function<void(std::optional<swarm_detail>)> done) {
  with_.lists.find_swarm(swarm, members,
                         [this, done = std::move(done)](std::optional<swarm_detail> detail) {
                           if (detail) name(detail->row);
                           done(std::move(detail));
                         });
}

void admin::recorded(std::optional<swarm_id> const& swarm, std::size_t limit,
                     std::function<void(std::vector<recorded_event>)> done) {
  with_.rings.recorded(swarm, limit, std::move(done));
}

admin_result<void> admin::watch(swarm_id const& swarm, bool on, std::string_view by) {
  auto done = with_.rings.watch(swarm, on);
  auto const why = done ? std::string{} : ": " + done.error().text;
  audit_.note(by, on ? "watch.add" : "watch.end", "info_hash=" + api::hex_of(swarm) + why,
              done.has_value());
  return done;
}

std::vector<swarm_id> admin::watched() const {
  return with_.rings.watched();
}

admin_result<storage::ban_record> admin::ban(ban_request const& wanted, std::string_view by) {
  return with_.banned.add(wanted, with_.config.in_use().network.trusted_proxies, by);
}

admin_result<void> admin::lift_ban(std::uint64_t id, std::string_view by) {
  return with_.banned.lift(id, by);
}

std::vector<storage::ban_record> admin::bans() const {
  return with_.banned.list();
}

// As they are served: the configuration's, and with them those that operators have made.
list_page<tenant_row> admin::tenants(page_request const& wanted) const {
  auto const served = joined(with_.config.in_use(), with_.made_tenants.all());
  auto const unnamed = served.tenants.empty() || served.access.unnamed;
  list_page<tenant_row> page;
  page.total = served.tenants.size() + (unnamed ? 1 : 0);
  std::size_t at = 0;
  auto const add = [&](std::string const& name, tenant_settings const& tenant) {
    if (at >= wanted.offset && page.rows.size() < wanted.limit) {
      page.rows.push_back(row_of(name, tenant));
    }
    ++at;
  };
  if (unnamed) add({}, as_tenant(served));
  for (auto const& [name, tenant] : served.tenants) add(name, tenant);
  return page;
}

std::optional<tenant_row> admin::find_tenant(std::string const& name) const {
  auto const& configured = with_.config.in_use().tenants;
  if (auto const found = configured.find(name); found != configured.end()) {
    return row_of(name, found->second);
  }
  auto const& made = with_.made_tenants.all();
  auto const found = made.find(name);
  if (found == made.end()) return std::nullopt;
  return row_of(name, found->second.settings);
}

tenant_row admin::row_of(std::string const& name, tenant_settings const& tenant) const {
  auto const& usage = with_.usage.of(name.empty() ? tenant_id::none : tenant_id_of(name));
  tenant_row row{.name = name,
                 .settings = tenant_json(tenant),
                 .connections = usage.connections.load(std::memory_order_relaxed),
                 .swarms = usage.swarms.load(std::memory_order_relaxed),
                 .connections_max = tenant.limits.connections_max,
                 .swarms_max = tenant.limits.swarms_max};
  if (name.empty() || with_.config.in_use().tenants.contains(name)) return row;
  auto const& record = with_.made_tenants.all().at(name).record;
  row.configured = false;
  row.by = record.by;
  row.since = record.since;
  return row;
}

admin_result<bool> admin::put_tenant(tenant_wish const& wanted, std::string_view by) {
  return with_.made_tenants.put(wanted, with_.config.in_use(), by);
}

admin_result<void> admin::remove_tenant(std::string const& name, std::string_view by) {
  return with_.made_tenants.remove(name, with_.config.in_use(), by);
}

void admin::drain(std::optional<std::chrono::seconds> window, std::string_view by) {
  auto const over =
      window.value_or(std::chrono::duration_cast<std::chrono::seconds>(with_.ending.window()));
  audit_.note(by, "drain", "window_seconds=" + std::to_string(over.count()), /*ok=*/true);
  with_.ending.begin(over, "admin API");
}

reload_report admin::reload(std::string_view by) {
  auto report = with_.reload();
  auto detail = report.problem;
  for (auto const& key : report.changed) detail += (detail.empty() ? "" : ",") + key;
  audit_.note(by, "reload", detail.empty() ? "nothing changed" : std::move(detail), report.ok);
  return report;
}

std::string admin::effective_config_json() const {
  return configuration_json(with_.config.in_use());
}

admin_result<void> admin::set_log_level(std::string_view area, std::string_view level,
                                        std::string_view by) {
  auto const one = log::area_named(area);
  auto const to = log::level_named(level);
  if ((!one && area != "all") || !to) {
    return admin_error{admin_error::kind::invalid,
                       one || area == "all" ? "level must be trace, debug, info, warn, error or off"
                                            : "there is no such area of the log"};
  }
  for (std::size_t each = 0; each < log::area_names.size(); ++each) {
    auto const candidate = static_cast<log::area>(each);
    if (!one || *one == candidate) log::set_level(candidate, *to);
  }
  audit_.note(by, "log.level", std::string{area} + "=" + std::string{level}, /*ok=*/true);
  return boost::system::in_place_value;
}

std::vector<std::pair<std::string, std::string>> admin::log_levels() const {
  std::vector<std::pair<std::string, std::string>> levels;
  for (std::size_t each = 0; each < log::area_names.size(); ++each) {
    auto const level = log::level_of(static_cast<log::area>(each));
    levels.emplace_back(log::area_names.at(each),
                        log::level_names.at(static_cast<std::size_t>(level)));
  }
  return levels;
}

std::vector<swarm_id> admin::registered_as(std::string_view name) const {
  std::vector<swarm_id> found;
  for (auto const& tenant : with_.policies.in_use().tenants->all()) {
    if (!tenant->content) continue;
    auto const swarms = tenant->content->swarms_beginning(name);
    for (auto const& each : swarms.first(std::min(swarms.size(), named_max - found.size()))) {
      found.push_back({.value = each.value, .tenant = tenant->id});
    }
  }
  return found;
}

// Rows that the tenants of today cannot name keep what they have.
void admin::name(swarm_row& row) const {
  auto const* const tenant = with_.policies.in_use().tenants->find(row.swarm.owner());
  if (tenant == nullptr) return;
  row.tenant = tenant->name;
  if (auto const name = tenant->name_of(row.swarm.hash()); !name.empty()) row.name = name;
}

}  // namespace waggle

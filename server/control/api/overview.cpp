// SPDX-License-Identifier: Apache-2.0
// Totals of the snapshots of all cores, by the table of metrics: what is counted later appears by
// itself.
#include "server/control/api/overview.hpp"

#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/metrics/exposition.hpp"
#include "server/metrics/families.hpp"
#include "server/metrics/process.hpp"

#include <array>
#include <span>

namespace waggle::api {
namespace {

/// "waggle_announces_total" -> "announces".
std::string short_name(std::string_view exposed) {
  constexpr std::string_view before = "waggle_";
  constexpr std::string_view behind = "_total";
  if (exposed.starts_with(before)) exposed.remove_prefix(before.size());
  if (exposed.ends_with(behind)) exposed.remove_suffix(behind.size());
  return std::string{exposed};
}

json counters_json(core_counters const& sum) {
  auto counters = json::object();
  for (auto const& row : counter_families()) {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < row.values.size(); ++i) total += sum.at(row.first_slot + i);
    counters[short_name(row.name)] = total;
  }
  return counters;
}

json cores_json(std::span<core_snapshot const> cores) {
  auto list = json::array();
  for (auto const& core : cores) {
    auto entry = json{{"core", core.core}};
    for (auto const& row : gauge_families()) {
      if (row.scope == gauge_scope::per_core) entry[std::string{row.key}] = core.*row.field;
    }
    for (auto const& row : core_families()) entry[std::string{row.key}] = core.*row.field;
    list.push_back(std::move(entry));
  }
  return list;
}

json storage_json(context const& with) {
  storage::store_facts facts;
  if (with.from.admin != nullptr) facts = with.from.admin->store().facts();
  return {{"url", with.from.options.storage_url},
          {"problem", facts.problem},
          {"facts_written", facts.facts_written},
          {"facts_dropped", facts.facts_dropped},
          {"facts_waiting", facts.facts_waiting}};
}

json overview_json(context const& with, std::span<core_snapshot const> cores) {
  auto const now = wall_now();
  auto const state = with.from.view.ready();
  auto const usage = read_process_usage();
  auto const uptime = std::chrono::floor<std::chrono::seconds>(now - with.started_at);
  return {{"version", with.from.version},
          {"started_at", time_text(with.started_at)},
          {"uptime_seconds", uptime.count()},
          {"now_at", time_text(now)},
          {"ready", state.ready},
          {"detail", state.detail},
          {"draining", state.draining},
          {"peers", sum_gauge(cores, &core_snapshot::peers)},
          {"seeders", sum_gauge(cores, &core_snapshot::seeders)},
          {"swarms", sum_gauge(cores, &core_snapshot::swarms)},
          {"connections", sum_gauge(cores, &core_snapshot::connections)},
          {"connections_tls", sum_gauge(cores, &core_snapshot::connections_tls)},
          {"memory_bytes", static_cast<std::uint64_t>(usage.resident_bytes)},
          {"cpu_seconds_total", usage.cpu_seconds},
          {"storage", storage_json(with)},
          {"cores", cores_json(cores)},
          {"counters", counters_json(sum_counters(cores))}};
}

/// Which families tell of something that was not done. A family without label has one row.
struct refusal_row {
  std::string_view kind;
  std::string_view family;
};
constexpr std::array refusal_rows = std::to_array<refusal_row>({
    {"failure", "waggle_failures_total"},
    {"handshake", "waggle_handshakes_failed_total"},
    {"closed", "waggle_connections_closed_total"},
    {"shed", "waggle_deliveries_shed_total"},
    {"shed", "waggle_requests_shed_total"},
    {"denied", "waggle_memberships_denied_total"},
    {"denied", "waggle_memberships_refused_total"},
    {"banned", "waggle_bans_enforced_total"},
    {"quota", "waggle_admissions_refused_total"},
    {"over_quota", "waggle_admissions_over_quota_total"},
});

void append_refusals(json& items, refusal_row const& wanted, core_counters const& sum) {
  for (auto const& family : counter_families()) {
    if (family.name != wanted.family) continue;
    for (std::size_t i = 0; i < family.values.size(); ++i) {
      auto const reason =
          family.label.empty() ? short_name(family.name) : std::string{family.values[i]};
      items.push_back(
          {{"kind", wanted.kind}, {"reason", reason}, {"total", sum.at(family.first_slot + i)}});
    }
  }
}

http_answer cores_are_late() {
  return problem_answer({503, "the cores did not answer in time"});
}

}  // namespace

net::awaitable<std::optional<std::string>> overview_text(context& with,
                                                         std::chrono::milliseconds patience) {
  auto const cores = co_await with.from.source->fresh(patience);
  if (!cores) co_return std::nullopt;
  co_return dumped(overview_json(with, *cores));
}

answering show_overview(context& with, call /*asked*/) {
  auto text = co_await overview_text(with, with.from.patience);
  if (!text) co_return cores_are_late();
  co_return http_answer{.content_type = "application/json", .body = std::move(*text) + "\n"};
}

answering list_refusals(context& with, call /*asked*/) {
  auto const cores = co_await with.from.source->fresh(with.from.patience);
  if (!cores) co_return cores_are_late();
  auto items = json::array();
  auto const sum = sum_counters(*cores);
  for (auto const& row : refusal_rows) append_refusals(items, row, sum);
  co_return json_answer({{"items", std::move(items)}});
}

}  // namespace waggle::api

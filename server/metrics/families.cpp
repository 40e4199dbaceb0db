// SPDX-License-Identifier: Apache-2.0
// The rows as values, and the page of the manual made from them. Pure.
#include "server/metrics/families.hpp"

#include <array>

namespace waggle {

label::failure label::failure_of(std::string_view reason_text) {
  for (auto const& row : error_table()) {
    if (row.text == reason_text) return failure_of(row.code);
  }
  return failure::other;
}

namespace {

#define WAGGLE_ROW(family, set, help)                                             \
  counter_family{"waggle_" #family "_total", help, label::text<label::set>::name, \
                 label::values<label::set>, counter::family.first_slot},
constexpr std::array counter_rows = {WAGGLE_COUNTERS(WAGGLE_ROW)};
#undef WAGGLE_ROW

#define WAGGLE_ROW(name, scope, help) \
  gauge_family{"waggle_" #name, #name, help, gauge_scope::scope, &core_snapshot::name},
constexpr std::array gauge_rows = {WAGGLE_GAUGES(WAGGLE_ROW)};
#undef WAGGLE_ROW

#define WAGGLE_ROW(name, help)                                                  \
  core_family{"waggle_core_" #name "_total", #name, help, metric_kind::counter, \
              &core_snapshot::name},
constexpr std::array core_rows = {WAGGLE_CORE_FACTS(WAGGLE_ROW)};
#undef WAGGLE_ROW

/// The exposed name of a service fact, made at compile time from the pieces of its row.
constexpr std::string_view exposed(metric_kind kind, std::string_view gauge,
                                   std::string_view counter) {
  return kind == metric_kind::counter ? counter : gauge;
}

#define WAGGLE_ROW(name, kind, help)                                                           \
  service_family{exposed(metric_kind::kind, "waggle_" #name, "waggle_" #name "_total"), #name, \
                 help, metric_kind::kind, &service_facts::name},
constexpr std::array service_rows = {WAGGLE_SERVICE_FACTS(WAGGLE_ROW)};
#undef WAGGLE_ROW

#define WAGGLE_ROW(name, kind, help) \
  process_family{#name, #name, help, metric_kind::kind, &process_facts::name},
constexpr std::array process_rows = {WAGGLE_PROCESS_FACTS(WAGGLE_ROW)};
#undef WAGGLE_ROW

struct page_row {
  std::string_view name, kind, label, help;
  std::span<std::string_view const> values;
};

void append(std::string& page, page_row const& row) {
  page.append("| `").append(row.name).append("` | ").append(row.kind).append(" | ");
  if (!row.label.empty()) page.append("`").append(row.label).append("`");
  std::string_view separator = ": ";
  for (auto const value : row.values) {
    if (value.empty()) continue;
    page.append(separator).append(value);
    separator = ", ";
  }
  page.append(" | ").append(row.help).append(" |\n");
}

}  // namespace

std::span<counter_family const> counter_families() {
  return counter_rows;
}
std::span<gauge_family const> gauge_families() {
  return gauge_rows;
}
std::span<core_family const> core_families() {
  return core_rows;
}
std::span<service_family const> service_families() {
  return service_rows;
}
std::span<process_family const> process_families() {
  return process_rows;
}

std::string metrics_markdown() {
  std::string page =
      "# Metrics\n\n"
      "<!-- Generated from server/metrics/table.hpp; the metrics tests check that it is current.\n"
      "     Regenerate: WAGGLE_REGENERATE=1 ctest --preset dev -R unit_server_metrics -->\n\n"
      "`GET /metrics` on the internal listener answers in Prometheus' text format. Figures are\n"
      "sums over all cores unless a family has the label `core`. A counter begins at zero when\n"
      "the process starts, and every value of its label is present from then on. Label values\n"
      "come from fixed lists, never from a client.\n\n"
      "| family | kind | label | what it says |\n"
      "|---|---|---|---|\n";
  for (auto const& row : counter_rows) {
    append(page, {row.name, "counter", row.label, row.help, row.values});
  }
  for (auto const& row : gauge_rows) {
    std::string_view const label = row.scope == gauge_scope::per_core ? "core" : "";
    append(page, {row.name, "gauge", label, row.help, {}});
  }
  for (auto const& row : core_rows) append(page, {row.name, "counter", "core", row.help, {}});
  append(page, {build_info_name, "gauge", "version", build_info_help, {}});
  auto const append_facts = [&](auto const& rows) {
    for (auto const& row : rows) {
      std::string_view const kind = row.kind == metric_kind::counter ? "counter" : "gauge";
      append(page, {row.name, kind, "", row.help, {}});
    }
  };
  append_facts(service_rows);
  append_facts(process_rows);
  return page;
}

}  // namespace waggle

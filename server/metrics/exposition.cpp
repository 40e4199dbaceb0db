// SPDX-License-Identifier: Apache-2.0
// The rows of the table become metric families; prometheus-cpp writes them as text.
#include "server/metrics/exposition.hpp"

#include "server/metrics/families.hpp"

#include <prometheus/text_serializer.h>

#include <utility>

namespace waggle {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily empty_family(std::string_view name, std::string_view help, MetricType type) {
  MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = type;
  return made;
}

struct sample {
  std::string_view label;  // empty: none
  std::string label_value;
  double value = 0;
};

void append(MetricFamily& family, sample what) {
  ClientMetric metric;
  if (!what.label.empty()) {
    metric.label.push_back({std::string(what.label), std::move(what.label_value)});
  }
  // Only the member that the type names is written out.
  if (family.type == MetricType::Counter) {
    metric.counter.value = what.value;
  } else {
    metric.gauge.value = what.value;
  }
  family.metric.push_back(std::move(metric));
}

MetricFamily made_from(counter_family const& row, core_counters const& sum) {
  auto made = empty_family(row.name, row.help, MetricType::Counter);
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    auto const value = static_cast<double>(sum.at(row.first_slot + i));
    append(made, {row.label, std::string(row.values[i]), value});
  }
  return made;
}

MetricFamily made_from(gauge_family const& row, std::span<core_snapshot const> cores) {
  auto made = empty_family(row.name, row.help, MetricType::Gauge);
  if (row.scope == gauge_scope::total) {
    append(made, {{}, {}, static_cast<double>(sum_gauge(cores, row.field))});
    return made;
  }
  for (auto const& core : cores) {
    append(made, {"core", std::to_string(core.core), static_cast<double>(core.*row.field)});
  }
  return made;
}

MetricFamily made_from(core_family const& row, std::span<core_snapshot const> cores) {
  auto made = empty_family(row.name, row.help, MetricType::Counter);
  for (auto const& core : cores) append(made, {"core", std::to_string(core.core), core.*row.field});
  return made;
}

template <class Facts>
MetricFamily made_from(fact_family<Facts> const& row, Facts const& facts) {
  auto const counts = row.kind == metric_kind::counter;
  auto made = empty_family(row.name, row.help, counts ? MetricType::Counter : MetricType::Gauge);
  append(made, {{}, {}, facts.*row.field});
  return made;
}

}  // namespace

std::vector<MetricFamily> exposition::Collect() const {
  std::vector<MetricFamily> families;
  auto const sum = sum_counters(facts_.cores);
  for (auto const& row : counter_families()) families.push_back(made_from(row, sum));
  for (auto const& row : gauge_families()) families.push_back(made_from(row, facts_.cores));
  for (auto const& row : core_families()) families.push_back(made_from(row, facts_.cores));
  auto build = empty_family(build_info_name, build_info_help, MetricType::Gauge);
  append(build, {"version", facts_.version, 1});
  families.push_back(std::move(build));
  for (auto const& row : service_families()) families.push_back(made_from(row, facts_.service));
  for (auto const& row : process_families()) families.push_back(made_from(row, facts_.process));
  return families;
}

std::string exposition::text() const {
  return prometheus::TextSerializer{}.Serializer::Serialize(Collect());
}

core_counters sum_counters(std::span<core_snapshot const> cores) {
  core_counters sum;
  for (auto const& core : cores) sum += core.counters;
  return sum;
}

std::uint64_t sum_gauge(std::span<core_snapshot const> cores, std::uint64_t core_snapshot::*field) {
  std::uint64_t sum = 0;
  for (auto const& core : cores) sum += core.*field;
  return sum;
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The rows of metrics/table.hpp as values, for whoever walks all of them: the exposition,
// /stats.json, the documentation and the tests. Pure.
#pragma once

#include "server/metrics/counters.hpp"
#include "server/metrics/process.hpp"
#include "server/metrics/service.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace waggle {

enum class metric_kind : std::uint8_t { counter, gauge };

/// A family that core_counters holds, one slot per label value.
struct counter_family {
  std::string_view name;  // as exposed: waggle_..._total
  std::string_view help;
  std::string_view label;                    // empty: not split
  std::span<std::string_view const> values;  // of the label; one nameless value where not split
  std::size_t first_slot = 0;
};

enum class gauge_scope : std::uint8_t { total, per_core };

/// A family that is a field of core_snapshot: summed, or split by the label `core`.
struct gauge_family {
  std::string_view name;
  std::string_view key;  // the name of the field
  std::string_view help;
  gauge_scope scope = gauge_scope::total;
  std::uint64_t core_snapshot::*field = nullptr;
};

/// A family with one figure, which is a field of process_facts or service_facts, or with one for
/// each core, which is a field of core_snapshot.
template <class Facts>
struct fact_family {
  std::string_view name;  // as exposed
  std::string_view key;   // the name of the field
  std::string_view help;
  metric_kind kind = metric_kind::gauge;
  double Facts::*field = nullptr;
};
using service_family = fact_family<service_facts>;
using core_family = fact_family<core_snapshot>;
using process_family = fact_family<process_facts>;

inline constexpr std::string_view build_info_name = "waggle_build_info";
inline constexpr std::string_view build_info_help = "Always 1; the version is in the label.";

[[nodiscard]] std::span<counter_family const> counter_families();
[[nodiscard]] std::span<gauge_family const> gauge_families();
[[nodiscard]] std::span<core_family const> core_families();
[[nodiscard]] std::span<service_family const> service_families();
[[nodiscard]] std::span<process_family const> process_families();

/// The text of docs/metrics.md.
[[nodiscard]] std::string metrics_markdown();

}  // namespace waggle

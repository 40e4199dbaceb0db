// SPDX-License-Identifier: Apache-2.0
// Per-core facts: plain integers written by the thread of one core, copied as a value when scraped.
// Every row of metrics/table.hpp becomes a `counter::` name or a field here. Pure.
#pragma once

#include "server/metrics/table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace waggle {

/// Names one family; the label is part of its type, so that a foreign label does not compile.
template <class Label>
struct counter_id {
  std::uint16_t first_slot = 0;
};

namespace counter {

#define WAGGLE_ROW(name, set, help) name##_row,
enum class row : std::uint16_t { WAGGLE_COUNTERS(WAGGLE_ROW) };
#undef WAGGLE_ROW

#define WAGGLE_ROW(name, set, help) label::values<label::set>.size(),
inline constexpr auto widths = std::to_array<std::size_t>({WAGGLE_COUNTERS(WAGGLE_ROW)});
#undef WAGGLE_ROW

inline constexpr std::size_t slots = std::accumulate(widths.begin(), widths.end(), std::size_t{0});

/// Where the counters of a family begin in core_counters.
[[nodiscard]] constexpr std::uint16_t first_slot(row which) {
  auto const rows_before = static_cast<std::ptrdiff_t>(which);
  return static_cast<std::uint16_t>(
      std::accumulate(widths.begin(), widths.begin() + rows_before, std::size_t{0}));
}

#define WAGGLE_ROW(name, set, help) \
  inline constexpr counter_id<label::set> name{first_slot(row::name##_row)};
WAGGLE_COUNTERS(WAGGLE_ROW)
#undef WAGGLE_ROW

}  // namespace counter

/// The counters of one core. `counters.add(counter::pings_sent)`,
/// `counters.add(counter::connections_closed, label::closed::dead)`.
class core_counters {
 public:
  void add(counter_id<label::none> which, std::uint64_t by = 1) { slots_[which.first_slot] += by; }

  template <class Label>
  void add(counter_id<Label> which, Label value, std::uint64_t by = 1) {
    slots_[which.first_slot + static_cast<std::size_t>(value)] += by;
  }

  core_counters& operator+=(core_counters const& other) {
    for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i] += other.slots_[i];
    return *this;
  }

  [[nodiscard]] std::uint64_t value(counter_id<label::none> which) const {
    return slots_[which.first_slot];
  }
  template <class Label>
  [[nodiscard]] std::uint64_t value(counter_id<Label> which, Label value) const {
    return slots_[which.first_slot + static_cast<std::size_t>(value)];
  }
  /// By position, for whoever walks counter_families().
  [[nodiscard]] std::uint64_t at(std::size_t position) const { return slots_.at(position); }

  bool operator==(core_counters const&) const = default;

 private:
  std::array<std::uint64_t, counter::slots> slots_{};  // only the thread of the core writes
};

/// What one core reports when it is scraped.
struct core_snapshot {
  std::uint16_t core = 0;
  core_counters counters{};
#define WAGGLE_ROW(name, scope, help) std::uint64_t name = 0;
  WAGGLE_GAUGES(WAGGLE_ROW)
#undef WAGGLE_ROW
#define WAGGLE_ROW(name, help) double name = 0;
  WAGGLE_CORE_FACTS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

}  // namespace waggle

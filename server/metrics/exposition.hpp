// SPDX-License-Identifier: Apache-2.0
// Snapshots of the cores as Prometheus metric families and text. A value that is built for one
// scrape; used by the control loop.
#pragma once

#include "server/metrics/counters.hpp"
#include "server/metrics/process.hpp"
#include "server/metrics/service.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle {

/// Content-Type of the text (Prometheus exposition format 0.0.4).
inline constexpr std::string_view exposition_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

/// One scrape: what every core said, and the facts of the process.
class exposition final : public prometheus::Collectable {
 public:
  struct input {
    std::vector<core_snapshot> cores;
    service_facts service;
    process_facts process;
    std::string version;
  };

  explicit exposition(input facts) : facts_(std::move(facts)) {}

  /// Every family of the table, in its order.
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

  /// The same as text.
  [[nodiscard]] std::string text() const;

 private:
  input facts_;
};

/// The counters of all cores added up.
[[nodiscard]] core_counters sum_counters(std::span<core_snapshot const> cores);

/// One gauge of all cores added up.
[[nodiscard]] std::uint64_t sum_gauge(std::span<core_snapshot const> cores,
                                      std::uint64_t core_snapshot::*field);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Notes the figures of all cores for the time series, once a minute. Control loop only.
#pragma once

#include "server/cores_view.hpp"
#include "server/metrics/process.hpp"
#include "server/net/types.hpp"
#include "server/storage/store.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace waggle {

/// Rates need the sums of before.
class series_maker {
 public:
  static constexpr std::size_t rates = 8;

  /// What the server is doing, under the names of metrics/series.hpp: levels as of now, events per
  /// second and the share of one processor (100: one all the time) since the call before.
  [[nodiscard]] storage::series_point totals(std::span<core_snapshot const> cores,
                                             process_usage const& usage,
                                             std::chrono::milliseconds since_last,
                                             storage::wall_time at);

 private:
  std::array<std::uint64_t, rates> before_{};
  double cpu_seconds_before_ = 0;
};

/// The swarms with the most members, of all that the cores named.
[[nodiscard]] storage::series_point busiest_point(std::vector<busy_swarm> swarms,
                                                  storage::wall_time at);

class series_recorder {
 public:
  /// Everything outlives the object.
  series_recorder(net::asio::io_context& control, cores_view& view,
                  std::shared_ptr<storage::store> const& store, std::chrono::milliseconds interval);

  void start();

 private:
  void wait();
  void note();

  cores_view& view_;
  std::shared_ptr<storage::store> const& store_;
  std::chrono::milliseconds interval_;
  net::timer timer_;
  series_maker maker_;
  std::chrono::milliseconds last_{};
};

}  // namespace waggle

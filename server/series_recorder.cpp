// SPDX-License-Identifier: Apache-2.0
// See series_recorder.hpp.
#include "server/series_recorder.hpp"

#include "server/control/stats_json.hpp"
#include "server/metrics/exposition.hpp"
#include "server/runtime/clock.hpp"
#include "server/storage/series_rules.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace waggle {
namespace {

struct rate_row {
  std::string_view name;
  std::uint64_t (*sum)(core_counters const& counters);
};

template <class Label>
std::uint64_t sum_of(core_counters const& counters, counter_id<Label> which) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < label::values<Label>.size(); ++i) {
    sum += counters.at(which.first_slot + i);
  }
  return sum;
}

#define WAGGLE_RATE(name)                                                                \
  {                                                                                      \
#name, [](core_counters const& counters) { return sum_of(counters, counter::name); } \
  }
constexpr std::array<rate_row, series_maker::rates> rate_rows = {{
    WAGGLE_RATE(announces),
    WAGGLE_RATE(messages_received),
    WAGGLE_RATE(messages_sent),
    WAGGLE_RATE(bytes_received),
    WAGGLE_RATE(bytes_sent),
    WAGGLE_RATE(offers_relayed),
    WAGGLE_RATE(answers_relayed),
    WAGGLE_RATE(deliveries_shed),
}};
#undef WAGGLE_RATE

std::string series_name(swarm_id const& swarm) {
  return "swarm/" + swarm_text(swarm) + "/members";
}

}  // namespace

storage::series_point series_maker::totals(std::span<core_snapshot const> cores,
                                           process_usage const& usage,
                                           std::chrono::milliseconds since_last,
                                           storage::wall_time at) {
  storage::series_point point{.at = at, .values = {}};
  std::array<std::uint64_t, 4> gauges{};
  for (auto const& core : cores) {
    gauges[0] += core.peers;
    gauges[1] += core.seeders;
    gauges[2] += core.swarms;
    gauges[3] += core.connections;
  }
  constexpr std::array names = {"peers", "seeders", "swarms", "connections"};
  for (std::size_t i = 0; i < gauges.size(); ++i) {
    point.values.emplace_back(names[i], static_cast<double>(gauges[i]));
  }
  auto const sums = sum_counters(cores);
  auto const seconds = std::max(std::chrono::duration<double>{since_last}.count(), 0.001);
  auto const used = usage.cpu_seconds - std::exchange(cpu_seconds_before_, usage.cpu_seconds);
  point.values.emplace_back("memory_bytes", usage.resident_bytes);
  point.values.emplace_back("cpu_percent", used / seconds * 100);
  for (std::size_t i = 0; i < rate_rows.size(); ++i) {
    auto const sum = rate_rows[i].sum(sums);
    auto const events = sum - std::exchange(before_[i], sum);
    point.values.emplace_back(rate_rows[i].name, static_cast<double>(events) / seconds);
  }
  return point;
}

storage::series_point busiest_point(std::vector<busy_swarm> swarms, storage::wall_time at) {
  std::sort(swarms.begin(), swarms.end(), [](busy_swarm const& a, busy_swarm const& b) {
    return a.members != b.members ? a.members > b.members : a.swarm < b.swarm;
  });
  swarms.resize(std::min(swarms.size(), storage::subjects_kept));
  storage::series_point point{.at = at, .values = {}};
  for (auto const& each : swarms) {
    point.values.emplace_back(series_name(each.swarm), static_cast<double>(each.members));
  }
  return point;
}

series_recorder::series_recorder(net::asio::io_context& control, cores_view& view,
                                 std::shared_ptr<storage::store> const& store,
                                 std::chrono::milliseconds interval)
    : view_(view), store_(store), interval_(interval), timer_(control.get_executor()) {}

void series_recorder::start() {
  last_ = runtime::elapsed();
  wait();
}

// At the full minute by the wall clock: a point then speaks of the minute that has passed.
void series_recorder::wait() {
  auto const now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  timer_.expires_after(interval_ - now.time_since_epoch() % interval_);
  timer_.async_wait([this](net::error_code const& cancelled) {
    if (cancelled) return;
    note();
    wait();
  });
}

void series_recorder::note() {
  auto const now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  // A little late is still of the minute before; a little early must not become the one before it.
  auto const at = now - interval_ / 2;
  view_.collect([this, at](std::vector<core_snapshot> const& cores) {
    auto const elapsed = runtime::elapsed();
    std::array<storage::fact, 1> const fact{
        maker_.totals(cores, read_process_usage(), elapsed - std::exchange(last_, elapsed), at)};
    store_->apply(fact);
  });
  view_.collect_busiest([this, at](std::vector<busy_swarm> swarms) {
    auto point = busiest_point(std::move(swarms), at);
    if (point.values.empty()) return;
    std::array<storage::fact, 1> const fact{std::move(point)};
    store_->apply(fact);
  });
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The figures that a store keeps over time.
#include "server/series_recorder.hpp"

#include "server/metrics/series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace waggle {
namespace {

using namespace std::chrono_literals;
using testing::DoubleEq;

std::map<std::string, double> values_of(storage::series_point const& point) {
  return {point.values.begin(), point.values.end()};
}

std::vector<core_snapshot> two_cores(std::uint64_t announces, std::uint64_t bytes) {
  std::vector<core_snapshot> cores(2);
  cores[0].peers = 5;
  cores[1].peers = 7;
  cores[0].counters.add(counter::announces, announce_event::started, announces);
  cores[1].counters.add(counter::announces, announce_event::stopped, announces);
  cores[1].counters.add(counter::bytes_sent, bytes);
  return cores;
}

TEST(SeriesMaker, WritesEachNamedSeriesOnce) {
  auto const point = series_maker{}.totals(two_cores(1, 1), {}, 60s, storage::wall_time{});
  std::vector<std::string> written;
  for (auto const& [name, value] : point.values) written.push_back(name);
  EXPECT_THAT(written,
              testing::UnorderedElementsAreArray(series_names.begin(), series_names.end()));
}

TEST(SeriesMaker, SumsLevelsAndMakesRatesOfCounters) {
  series_maker maker;
  static_cast<void>(maker.totals(two_cores(100, 0), {.cpu_seconds = 10}, 60s, {}));
  auto const point =
      maker.totals(two_cores(400, 9'000), {.resident_bytes = 4'096, .cpu_seconds = 55}, 30s, {});
  auto values = values_of(point);
  EXPECT_THAT(values.at("peers"), DoubleEq(12));
  EXPECT_THAT(values.at("announces"), DoubleEq(20));
  EXPECT_THAT(values.at("bytes_sent"), DoubleEq(300));
  EXPECT_THAT(values.at("memory_bytes"), DoubleEq(4'096));
  EXPECT_THAT(values.at("cpu_percent"), DoubleEq(150));
}

}  // namespace
}  // namespace waggle

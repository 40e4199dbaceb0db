// SPDX-License-Identifier: Apache-2.0
// What the ICE policy costs for each relayed description: Chromium's, 970 bytes, four candidates.
#include "protocol/sdp/description_filter.hpp"
#include "tests/unit/protocol/sdp/descriptions.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

void filter_description(benchmark::State& state, waggle::sdp::ice_filter which) {
  auto const body = waggle::sdp::test::body_of("offer", waggle::sdp::test::chromium_offer);
  waggle::sdp::description_filter filter;
  std::string out;
  for (auto _ : state) {
    if (filter.apply(body, which, out) != waggle::sdp::outcome::filtered) {
      return state.SkipWithError("not filtered");
    }
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(body.size());
  state.counters["bytes_left"] = static_cast<double>(out.size());
}
BENCHMARK_CAPTURE(filter_description, no_host, waggle::sdp::ice_filter::no_host);
BENCHMARK_CAPTURE(filter_description, relay_only, waggle::sdp::ice_filter::relay_only);

}  // namespace

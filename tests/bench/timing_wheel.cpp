// SPDX-License-Identifier: Apache-2.0
// The deadlines of sessions: one that comes up and is set again, among few and among a million.
#include "server/runtime/timing_wheel.hpp"

#include "protocol/ids.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>

namespace {

using namespace std::chrono_literals;

struct due_session {
  waggle::session_ref which;
  std::chrono::milliseconds due{};
};

/// Sessions are checked every 25 s, 250 ms a tick: a hundredth of them comes up in each.
void reschedule_among(benchmark::State& state) {
  auto const entries = static_cast<std::uint32_t>(state.range(0));
  waggle::runtime::timing_wheel<due_session> wheel{250ms};
  for (std::uint32_t at = 0; at < entries; ++at) {
    auto const due = 250ms * (1 + at % 100);
    wheel.add(due, {{.slot = at, .generation = 1}, due});
  }
  auto now = 0ms;
  std::int64_t checked = 0;
  for (auto _ : state) {
    now += 250ms;
    wheel.advance(now, [&](due_session const& passed) {
      ++checked;
      wheel.add(passed.due + 25s, {passed.which, passed.due + 25s});
    });
  }
  state.SetItemsProcessed(checked);
}
BENCHMARK(reschedule_among)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace

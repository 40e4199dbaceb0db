// SPDX-License-Identifier: Apache-2.0
// The longest single step on the way to millions of memberships and back: a table that grows in one
// go makes one client's join wait for all of it, and everybody else on the core.
#include "tests/bench/longest_call.hpp"

#include "server/runtime/timing_wheel.hpp"
#include "tests/bench/filled_shard.hpp"

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstddef>
#include <cstdint>

namespace {

using namespace waggle;

std::size_t heap_bytes() {
  auto const now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
}

/// Joins one by one, then leaves one by one.
void fill_and_empty(benchmark::State& state, bool own_swarms) {
  auto const members = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    bench::longest_call join;
    bench::longest_call leave;
    shard subject{bench::limits(), {.first = 1, .second = 2}, 3};
    outbox out;
    auto const empty_bytes = heap_bytes();
    for (std::uint32_t at = 0; at < members; ++at) {
      auto const message = bench::announce_of(at, own_swarms);
      join([&] { subject.handle(message, bench::begin, out); });
      out.clear();
    }
    auto const bytes = heap_bytes() - empty_bytes;
    for (std::uint32_t at = 0; at < members; ++at) {
      auto const who = bench::announce_of(at, own_swarms);
      leave_message const message{who.from, who.swarm, who.peer};
      leave([&] { subject.handle(message, bench::begin, out); });
    }
    state.counters["longest_join_ms"] = join.milliseconds();
    state.counters["bytes_a_membership"] = static_cast<double>(bytes) / members;
    state.counters["longest_leave_ms"] = leave.milliseconds();
  }
}
BENCHMARK_CAPTURE(fill_and_empty, one_swarm, false)
    ->Arg(1'000'000)
    ->Arg(4'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fill_and_empty, swarms_of_one, true)
    ->Arg(1'000'000)
    ->Arg(4'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

/// Everybody went silent in the same moment: how long is one turn, and how many does it take?
void expire(benchmark::State& state, bool own_swarms) {
  auto const members = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    bench::longest_call turn;
    shard subject{bench::limits(), {.first = 1, .second = 2}, 3};
    outbox out;
    for (std::uint32_t at = 0; at < members; ++at) {
      subject.handle(bench::announce_of(at, own_swarms), bench::begin, out);
      out.clear();
    }
    double turns = 0;
    bool more = false;
    for (auto now = bench::begin; subject.totals().memberships != 0;) {
      if (!more) now += core_time{250};
      turn([&] { more = subject.tick(now, out); });
      turns += out.empty() ? 0 : 1;
      out.clear();
    }
    state.counters["longest_turn_ms"] = turn.milliseconds();
    state.counters["turns"] = turns;
  }
}
BENCHMARK_CAPTURE(expire, one_swarm, false)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(expire, swarms_of_one, true)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

struct due_session {
  session_ref which;
  core_time due{};
};

/// The checks of a million sessions, all in the same tick.
void session_wheel(benchmark::State& state) {
  auto const entries = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    bench::longest_call add;
    bench::longest_call turn;
    runtime::timing_wheel<due_session> wheel{core_time{250}};
    core_time const due{25'000};
    auto const each = static_cast<std::size_t>(state.range(1));
    for (std::uint32_t at = 0; at < entries; ++at) {
      add([&] { wheel.add(due, {{.slot = at, .generation = 1}, due}); });
    }
    std::uint32_t seen = 0;
    while (seen != entries) {
      turn([&] {
        wheel.advance(
            due, [&](due_session const&) { ++seen; }, each);
      });
    }
    state.counters["longest_add_ms"] = add.milliseconds();
    state.counters["longest_turn_ms"] = turn.milliseconds();
  }
}
BENCHMARK(session_wheel)
    ->ArgNames({"entries", "a_turn"})
    ->Args({1'000'000, 250})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace

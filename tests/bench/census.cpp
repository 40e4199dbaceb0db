// SPDX-License-Identifier: Apache-2.0
// The lists of the admin API over a million swarms: the longest turn of a core that is walked, the
// longest turn of the control loop that gathers, and the longest answer.
#include "server/core/swarm_census.hpp"
#include "server/core_census.hpp"
#include "tests/bench/filled_shard.hpp"
#include "tests/bench/longest_call.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace waggle;

std::vector<swarm_facts> walk_some(swarm_table const& table, std::optional<slot>& at) {
  std::vector<swarm_facts> rows;
  rows.reserve(std::min(swarm_slots_a_turn, table.swarms()));
  at = table.for_some(*at, swarm_slots_a_turn, [&](swarm const& each) {
    rows.push_back({.swarm = each.id(), .counts = each.counts(), .history = each.history()});
  });
  return rows;
}

void census_walk(benchmark::State& state) {
  auto const& table = bench::filled_shard::with(static_cast<std::uint32_t>(state.range(0)),
                                                /*own_swarms=*/true)
                          .core()
                          .table();
  bench::longest_call turn;
  std::size_t seen = 0;
  for (auto _ : state) {
    std::optional<slot> at = 0;
    while (at) {
      turn([&] { seen += walk_some(table, at).size(); });
    }
  }
  state.counters["longest_turn_ms"] = turn.milliseconds();
  state.counters["swarms"] = static_cast<double>(seen) / static_cast<double>(state.iterations());
}
BENCHMARK(census_walk)->Arg(1'000'000)->Iterations(10)->Unit(benchmark::kMillisecond);

/// How many members the swarms have in the order in which they are walked.
enum class sizes : std::uint8_t { one_each, zipf, rising };

std::vector<std::vector<swarm_facts>> slices_of(std::uint32_t swarms, sizes how) {
  std::mt19937_64 random{1};
  std::vector<std::vector<swarm_facts>> slices;
  for (std::uint32_t number = 0; number < swarms; ++number) {
    if (number % swarm_slots_a_turn == 0) slices.emplace_back().reserve(swarm_slots_a_turn);
    auto& facts = slices.back().emplace_back();
    std::ranges::generate(facts.swarm.value, [&] { return static_cast<std::uint8_t>(random()); });
    auto const zipf = static_cast<std::uint32_t>(swarms / (1 + random() % swarms));
    auto const amount = how == sizes::one_each ? 1 : how == sizes::zipf ? zipf : number;
    facts.counts.incomplete = amount;
    facts.history.joins = amount;
    facts.history.offers_relayed = amount;
  }
  return slices;
}

void census_lists(benchmark::State& state, sizes how) {
  auto const swarms = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    bench::longest_call turn;
    bench::longest_call top;
    bench::longest_call search;
    bench::longest_call deep;
    bench::longest_call wide;
    swarm_census census;
    for (auto& slice : slices_of(swarms, how)) {
      turn([&] { census.add(std::move(slice)); });
    }
    turn([&] { census.finish(); });
    for (std::size_t order = 0; order < swarm_orders; ++order) {
      auto const by = static_cast<swarm_order>(order);
      auto const list = [&](char const* prefix, std::size_t offset) {
        benchmark::DoNotOptimize(census.list(by, *swarm_search::parse(prefix), offset, 500));
      };
      top([&] { list("", 9'500); });
      search([&] { list("abc", 0); });
      wide([&] { list("a", 30'000); });
      deep([&] { list("", swarms / 2); });
    }
    state.counters["longest_turn_ms"] = turn.milliseconds();
    state.counters["top_ms"] = top.milliseconds();
    state.counters["search_3_digits_ms"] = search.milliseconds();
    state.counters["search_1_digit_ms"] = wide.milliseconds();
    state.counters["page_at_half_ms"] = deep.milliseconds();
    state.counters["bytes_a_swarm"] = static_cast<double>(census.bytes()) / swarms;
  }
}
BENCHMARK_CAPTURE(census_lists, zipf, sizes::zipf)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(census_lists, one_member_each, sizes::one_each)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(census_lists, rising, sizes::rising)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// What keeping facts takes of a turn of a core with a million swarms, all of them news: the walk,
// and handing its news to the store while that writes.
#include "server/core_news.hpp"
#include "server/storage/stores.hpp"
#include "tests/bench/filled_shard.hpp"
#include "tests/bench/longest_call.hpp"
#include "tests/support/certificate.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace {

using namespace waggle;

void store_turn(benchmark::State& state, bool in_file) {
  constexpr std::uint32_t swarms = 1'000'000;
  test::temporary_folder const folder;
  auto opened = storage::open_store(
      {.url = in_file ? "sqlite:" + folder.path("waggle.db") : std::string{"memory:"}});
  if (!opened) return state.SkipWithError(opened.error().text.c_str());
  std::shared_ptr<storage::store> const store = std::move(*opened);
  shard subject{bench::limits(), {.first = 1, .second = 2}, 3};
  outbox out;
  for (std::uint32_t at = 0; at < 2 * swarms; ++at) {
    auto message = bench::announce_of(at);
    message.swarm = bench::id_of<swarm_id>(at % swarms);
    subject.handle(message, bench::begin, out);
    out.clear();
  }
  for (auto _ : state) {
    core_news news{store};
    core_counters counters;
    bench::longest_call walk;
    bench::longest_call hand_over;
    auto now = bench::begin;
    for (int turn = 0; turn < 2'000; ++turn, now += core_time{250}) {
      walk([&] { subject.walk(now); });
      hand_over([&] { news.hand_over(subject.journal(), now, counters); });
      if (turn % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    state.counters["longest_walk_ms"] = walk.milliseconds();
    state.counters["longest_hand_over_ms"] = hand_over.milliseconds();
    state.counters["facts_written"] = static_cast<double>(store->facts().facts_written);
    state.counters["facts_dropped"] = static_cast<double>(store->facts().facts_dropped);
  }
}
BENCHMARK_CAPTURE(store_turn, memory, false)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(store_turn, sqlite, true)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace

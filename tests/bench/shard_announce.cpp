// SPDX-License-Identifier: Apache-2.0
// What matching costs: one announce with offers in a swarm of a given size, every offer answered.
#include "server/core/outbox.hpp"
#include "server/core/shard.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace {

constexpr waggle::hash_seed seed{.first = 1, .second = 2};

waggle::announce_message announce_of(std::uint32_t number) {
  waggle::announce_message message;
  message.from = {.slot = number, .generation = 1};
  for (std::size_t at = 0; at < 4; ++at) {
    message.peer.value[at] = static_cast<std::uint8_t>(number >> (8 * at));
  }
  message.interval = std::chrono::seconds{60};
  return message;
}

void announce(benchmark::State& state) {
  auto const members = static_cast<std::uint32_t>(state.range(0));
  waggle::shard shard{{}, seed, 3};
  waggle::outbox out;
  waggle::core_time const now{1000};
  for (std::uint32_t at = 0; at < members; ++at) {
    shard.handle(announce_of(at), now, out);
    out.clear();
  }
  std::vector<waggle::tagged_offer> offers;
  for (waggle::offer_tag tag = 0; tag < 10; ++tag) {
    offers.push_back({.tag = tag, .offer_id = {"\"o\""}, .body = {"{}"}});
  }
  std::uint32_t next = 0;
  for (auto _ : state) {
    auto message = announce_of(next);
    next = (next + 1) % members;
    message.offers = offers;
    shard.handle(message, now, out);
    benchmark::DoNotOptimize(out.entries().data());
    out.clear();
  }
}
BENCHMARK(announce)->Arg(20)->Arg(100)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);

}  // namespace

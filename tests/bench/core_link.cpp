// SPDX-License-Identifier: Apache-2.0
// What a hop between two cores costs: a batch of messages written, posted and read again, with the
// batch alone, over an open link, and over one that is closed.
#include "server/core_link.hpp"

#include "server/runtime/mailbox.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace {

constexpr std::uint32_t batch_letters = 32;

waggle::announce_message announce_of(std::uint32_t number) {
  waggle::announce_message message;
  message.from = {.slot = number, .generation = 1};
  message.peer.value[0] = static_cast<std::uint8_t>(number);
  return message;
}

void read_all(waggle::runtime::mailbox<waggle::mail>& box, std::vector<waggle::mail>& scratch) {
  box.drain(scratch);
  for (auto const& one : scratch) benchmark::DoNotOptimize(one->letters().data());
  scratch.clear();
}

void hop_of_a_batch(benchmark::State& state) {
  waggle::runtime::mailbox<waggle::mail> box;
  std::vector<waggle::mail> scratch;
  for (auto _ : state) {
    auto batch = std::make_unique<waggle::mail_batch>();
    for (std::uint32_t at = 0; at < batch_letters; ++at) {
      batch->add(announce_of(at), /*relays=*/true);
    }
    auto const bytes = batch->bytes();
    box.post(std::move(batch), bytes);
    read_all(box, scratch);
  }
  state.SetItemsProcessed(state.iterations() * batch_letters);
}
BENCHMARK(hop_of_a_batch);

void hop_over_an_open_link(benchmark::State& state) {
  waggle::runtime::mailbox<waggle::mail> box;
  std::vector<waggle::mail> scratch;
  waggle::core_link link{{}, {.first = 1, .second = 2}, 1};
  waggle::core_counters counters;
  for (auto _ : state) {
    for (std::uint32_t at = 0; at < batch_letters; ++at) {
      benchmark::DoNotOptimize(link.send(announce_of(at), counters));
    }
    auto batch = link.take_mail();
    auto const bytes = batch->bytes();
    link.posted(box.post(std::move(batch), bytes).waiting_bytes);
    read_all(box, scratch);
  }
  state.SetItemsProcessed(state.iterations() * batch_letters);
}
BENCHMARK(hop_over_an_open_link);

void merge_at_a_closed_link(benchmark::State& state) {
  waggle::core_link link{{}, {.first = 1, .second = 2}, 1};
  waggle::core_counters counters;
  link.posted(SIZE_MAX);
  std::uint32_t number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(link.send(announce_of(number++ % 10'000), counters));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(merge_at_a_closed_link);

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// The plain hop between two threads: a batch is posted, the other thread is woken if it slept,
// takes it out and answers. What two io_contexts do with it, without what travels.
#include "server/runtime/mailbox.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;

struct core {
  asio::io_context io{1};
  waggle::runtime::mailbox<std::uint64_t> box{};
  std::vector<std::uint64_t> scratch{};

  template <class OnBatch>
  void post(std::uint64_t batch, OnBatch on_batch) {
    if (!box.post(batch, 1).wake) return;
    asio::post(io, [this, on_batch] {
      box.drain(scratch);
      for (auto const one : scratch) on_batch(one);
      scratch.clear();
    });
  }
};

/// There and back, nobody else talking: each hop wakes a thread that sleeps in the kernel.
void hop_to_a_sleeping_core(benchmark::State& state) {
  core there;
  auto const work = asio::make_work_guard(there.io);
  std::jthread const thread{[&] { there.io.run(); }};
  std::atomic<std::uint64_t> seen{0};
  std::uint64_t sent = 0;
  for (auto _ : state) {
    there.post(++sent, [&](std::uint64_t one) {
      seen.store(one, std::memory_order_release);
      seen.notify_one();
    });
    for (auto now = seen.load(std::memory_order_acquire); now != sent;
         now = seen.load(std::memory_order_acquire)) {
      seen.wait(now);
    }
  }
  state.SetLabel("there and back");
  there.io.stop();
}
BENCHMARK(hop_to_a_sleeping_core)->UseRealTime()->MeasureProcessCPUTime();

/// As fast as one side can post: the other finds the next batches when it has read the last.
void hop_to_a_busy_core(benchmark::State& state) {
  core there;
  auto const work = asio::make_work_guard(there.io);
  std::jthread const thread{[&] { there.io.run(); }};
  std::atomic<std::uint64_t> seen{0};
  std::uint64_t sent = 0;
  for (auto _ : state) {
    there.post(++sent, [&](std::uint64_t one) { seen.store(one, std::memory_order_release); });
    // A receiver that is far behind would be told to shed; here the sender waits.
    while (sent - seen.load(std::memory_order_acquire) > 1000) std::this_thread::yield();
  }
  while (seen.load(std::memory_order_acquire) != sent) std::this_thread::yield();
  there.io.stop();
}
BENCHMARK(hop_to_a_busy_core)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace

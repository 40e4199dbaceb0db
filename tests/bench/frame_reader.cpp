// SPDX-License-Identifier: Apache-2.0
// What a frame costs before its text is looked at: head, unmasking in place, UTF-8 check.
#include "protocol/websocket/frame_writer.hpp"
#include "protocol/websocket/message_reader.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

void read_text(benchmark::State& state) {
  using namespace waggle::websocket;
  std::string frame;
  std::string const text(static_cast<std::size_t>(state.range(0)), 'x');
  append_masked_frame(frame, {.payload = text});
  auto const bytes = frame.size();
  frame.append(payload_padding_bytes, ' ');
  message_reader reader{{}};
  auto buffer = frame;
  for (auto _ : state) {
    buffer.assign(frame);  // unmasking is in place: each round needs the masked bytes again
    auto rest = std::span{buffer}.first(bytes);
    auto got = reader.next(rest);
    benchmark::DoNotOptimize(got);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(read_text)->Arg(200)->Arg(2'000)->Arg(15'000);

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// What one big announce costs: 14 KB, ten offers with the SDP of a browser. Decoding alone,
// decoding with the ten relayed texts written, and writing each kind of text.
#include "protocol/dialects.hpp"
#include "protocol/websocket/frame_writer.hpp"
#include "tests/bench/session_texts.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <variant>

namespace {

using waggle::bench::announce_text;
using waggle::bench::padded_text;

void decode(benchmark::State& state) {
  padded_text const text{announce_text(static_cast<int>(state.range(0)))};
  auto const dialect = waggle::make_webtorrent({});
  for (auto _ : state) {
    auto const result = dialect->decode(text.view());
    if (std::holds_alternative<waggle::failure>(result)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(result);
  }
  state.counters["bytes"] = static_cast<double>(text.view().size());
}
BENCHMARK(decode)->Arg(0)->Arg(5)->Arg(10)->Unit(benchmark::kMicrosecond);

void decode_and_relay(benchmark::State& state) {
  padded_text const text{announce_text(static_cast<int>(state.range(0)))};
  auto const dialect = waggle::make_webtorrent({});
  std::string out;
  for (auto _ : state) {
    auto const result = dialect->decode(text.view());
    auto const& announce = std::get<waggle::announce>(*std::get<0>(result));
    for (auto const& offer : announce.offers) {
      out.clear();
      dialect->encode(
          waggle::incoming_offer{announce.swarm, announce.peer, offer.offer_id, offer.body}, out);
      benchmark::DoNotOptimize(out.data());
    }
  }
  state.counters["bytes"] = static_cast<double>(text.view().size());
}
BENCHMARK(decode_and_relay)->Arg(10)->Unit(benchmark::kMicrosecond);

/// The frame as well, as a session queues it; the ids need escaping, as random ones do.
void encode(benchmark::State& state, waggle::event const& what) {
  auto const dialect = waggle::make_webtorrent({});
  std::string out;
  std::size_t bytes = 0;
  for (auto _ : state) {
    out.clear();
    auto const begun = waggle::websocket::begin_frame(out);
    dialect->encode(what, out);
    waggle::websocket::end_frame(out, begun, waggle::websocket::opcode::text);
    bytes = out.size();
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

template <class Id>
Id random_looking(std::uint8_t first) {
  Id id;
  for (auto& byte : id.value) byte = first = static_cast<std::uint8_t>(first * 73 + 41);
  return id;
}

std::string const body = R"({"type":"offer","sdp":")" + waggle::bench::description() + "\"}";
auto const swarm = random_looking<waggle::swarm_id>(1);
auto const peer = random_looking<waggle::peer_id>(2);

BENCHMARK_CAPTURE(encode, reply,
                  waggle::announce_reply{
                      .swarm = swarm, .counts = {12, 345}, .interval = std::chrono::seconds{57}});
BENCHMARK_CAPTURE(encode, offer,
                  waggle::incoming_offer{swarm, peer, {R"("0123456789abcdef\u00ef")"}, {body}});
BENCHMARK_CAPTURE(encode, answer,
                  waggle::incoming_answer{swarm, peer, {R"("0123456789abcdef\u00ef")"}, {body}});

}  // namespace

BENCHMARK_MAIN();

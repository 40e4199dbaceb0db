// SPDX-License-Identifier: Apache-2.0
// What one big announce costs: 14 KB, ten offers with the SDP of a browser. Decoding alone, and
// decoding with the ten relayed texts written.
#include "protocol/dialects.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <variant>

namespace {

/// About 1.4 KB once escaped, with the line lengths of Chromium's description of a data channel.
std::string description() {
  std::string sdp =
      R"(v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n)"
      R"(a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n)"
      R"(m=application 49923 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 203.0.113.7\r\n)";
  for (int candidate = 0; candidate < 8; ++candidate) {
    sdp += R"(a=candidate:1467250027 1 udp 2122260223 192.168.0.196 4624)" +
           std::to_string(candidate) + R"( typ host generation 0 network-id 1\r\n)";
  }
  sdp += R"(a=ice-ufrag:t7mc\r\na=ice-pwd:1lyXmLFhVUeYlpfYvjuCmVLR\r\na=ice-options:trickle\r\n)"
         R"(a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:)"
         R"(7F:B9:A3:F4:70:03:E7:43:91:73:23:5E\r\na=setup:actpass\r\na=mid:0\r\n)"
         R"(a=sctp-port:5000\r\na=max-message-size:262144\r\n)";
  return sdp;
}

/// A whole announce, with the padding that decode() asks for behind it.
std::string announce_text(int offers, std::size_t& size) {
  std::string text =
      R"({"numwant":10,"uploaded":0,"downloaded":0,"left":1048576,"event":"started",)"
      R"("action":"announce","info_hash":"aaaaaaaaaa\u0000\u0001cccccccc",)"
      R"("peer_id":"-WW0300-\u0010bbbbbbbbbbb","offers":[)";
  for (int i = 0; i < offers; ++i) {
    if (i != 0) text += ',';
    text += R"({"offer":{"type":"offer","sdp":")" + description() +
            R"("},"offer_id":"\u0012\u00ef0123456789abcdef0)" + std::to_string(i % 10) + "\"}";
  }
  text += "]}";
  size = text.size();
  text.append(waggle::decode_padding_bytes, ' ');
  return text;
}

void decode(benchmark::State& state) {
  std::size_t size = 0;
  auto const text = announce_text(static_cast<int>(state.range(0)), size);
  auto const dialect = waggle::make_webtorrent({});
  for (auto _ : state) {
    auto const result = dialect->decode({text.data(), size});
    if (std::holds_alternative<waggle::failure>(result)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(result);
  }
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(decode)->Arg(0)->Arg(5)->Arg(10)->Unit(benchmark::kMicrosecond);

void decode_and_relay(benchmark::State& state) {
  std::size_t size = 0;
  auto const text = announce_text(static_cast<int>(state.range(0)), size);
  auto const dialect = waggle::make_webtorrent({});
  std::string out;
  for (auto _ : state) {
    auto const result = dialect->decode({text.data(), size});
    auto const& announce = std::get<waggle::announce>(*std::get<0>(result));
    for (auto const& offer : announce.offers) {
      out.clear();
      dialect->encode(
          waggle::incoming_offer{announce.swarm, announce.peer, offer.offer_id, offer.body}, out);
      benchmark::DoNotOptimize(out.data());
    }
  }
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(decode_and_relay)->Arg(10)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();

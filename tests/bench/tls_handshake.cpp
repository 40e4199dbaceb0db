// SPDX-License-Identifier: Apache-2.0
// What a TLS handshake costs the server in CPU time, system calls included and the client's work
// not: anew, and with the ticket of an earlier connection. And what a connection then holds.
#include "tests/bench/tls_ends.hpp"

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <array>
#include <vector>

namespace {

using namespace waggle::bench;

struct handshake_case {
  key_kind key;
  int version;
  bool resumed;
};

void handshake(benchmark::State& state, handshake_case what) {
  waggle::net::asio::io_context loop{1};
  tls_server server{what.key};
  tls_client_context const clients{{.version = what.version}};
  work_clock clock;
  session_ticket ticket;
  {
    tls_ends first{loop, server, clients};
    first.shake_hands(clock);
    if (what.resumed) ticket = first.ticket();
    static_cast<void>(clock.take());
  }
  for (auto _ : state) {
    tls_ends one{loop, server, clients};
    if (ticket) one.offer(ticket);
    one.shake_hands(clock);
    if (one.resumed() != what.resumed) return state.SkipWithError("resumption");
    state.SetIterationTime(clock.take());
  }
  state.counters["per_core_second"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

constexpr auto ecdsa = key_kind::ecdsa_p256;
constexpr auto rsa = key_kind::rsa_2048;
BENCHMARK_CAPTURE(handshake, tls13_ecdsa_full, {ecdsa, TLS1_3_VERSION, false})->UseManualTime();
BENCHMARK_CAPTURE(handshake, tls13_rsa_full, {rsa, TLS1_3_VERSION, false})->UseManualTime();
BENCHMARK_CAPTURE(handshake, tls13_resumed, {ecdsa, TLS1_3_VERSION, true})->UseManualTime();
BENCHMARK_CAPTURE(handshake, tls12_ecdsa_full, {ecdsa, TLS1_2_VERSION, false})->UseManualTime();
BENCHMARK_CAPTURE(handshake, tls12_rsa_full, {rsa, TLS1_2_VERSION, false})->UseManualTime();
BENCHMARK_CAPTURE(handshake, tls12_resumed, {ecdsa, TLS1_2_VERSION, true})->UseManualTime();

/// Heap bytes of idle server ends after a handshake and an exchange.
void idle_heap(benchmark::State& state, client_options how, bool resumed) {
  constexpr std::size_t connections = 500;
  waggle::net::asio::io_context loop{1};
  tls_server server{ecdsa};
  tls_client_context const clients{how};
  work_clock clock;
  session_ticket ticket;
  std::array<char, 1000> buffer{};
  double bytes = 0;
  for (auto _ : state) {
    std::vector<std::unique_ptr<tls_ends>> all;
    all.reserve(connections);
    std::size_t before = 0;
    for (std::size_t i = 0; i < connections; ++i) {
      // The first ones make what all share.
      if (i == 10) before = ::mallinfo2().uordblks;
      auto& one = *all.emplace_back(std::make_unique<tls_ends>(loop, server, clients));
      if (ticket) one.offer(ticket);
      one.shake_hands(clock);
      if (resumed && !ticket) ticket = one.ticket();
      one.client_writes("hello");
      static_cast<void>(one.server().read_some(buffer));
      static_cast<void>(one.server().write_some(buffer));
      static_cast<void>(one.client_reads());
      static_cast<void>(one.server().read_some(buffer));
      one.forget_client();
    }
    bytes = static_cast<double>(::mallinfo2().uordblks - before) / (connections - 10);
  }
  state.counters["heap_bytes"] = bytes;
}

BENCHMARK_CAPTURE(idle_heap, tls13_aes128, {.ciphers_13 = "TLS_AES_128_GCM_SHA256"}, false)
    ->Iterations(1);
BENCHMARK_CAPTURE(idle_heap, tls13_aes256, {.ciphers_13 = "TLS_AES_256_GCM_SHA384"}, false)
    ->Iterations(1);
BENCHMARK_CAPTURE(idle_heap, tls13_chacha, {.ciphers_13 = "TLS_CHACHA20_POLY1305_SHA256"}, false)
    ->Iterations(1);
BENCHMARK_CAPTURE(idle_heap, tls13_aes128_resumed, {.ciphers_13 = "TLS_AES_128_GCM_SHA256"}, true)
    ->Iterations(1);
BENCHMARK_CAPTURE(idle_heap, tls12, {.version = TLS1_2_VERSION}, false)->Iterations(1);

}  // namespace

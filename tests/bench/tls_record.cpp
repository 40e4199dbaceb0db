// SPDX-License-Identifier: Apache-2.0
// What it costs to write and to read over TLS, in CPU time of the server's end, system calls
// included: beside the same bytes over plain TCP it is the price of wss a message.
#include "server/net/tcp_stream.hpp"
#include "tests/bench/tls_ends.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace {

using namespace waggle::bench;
using waggle::net::io_status;

constexpr char const* aes128 = "TLS_AES_128_GCM_SHA256";
constexpr char const* aes256 = "TLS_AES_256_GCM_SHA384";
constexpr char const* chacha = "TLS_CHACHA20_POLY1305_SHA256";

/// As a session does it: everything that is queued, in as many calls as the stream wants.
void write_all(waggle::net::byte_stream& to, std::string_view bytes) {
  while (!bytes.empty()) {
    auto const wrote = to.write_some(bytes);
    if (wrote.status != io_status::done) throw std::runtime_error{"cannot write"};
    bytes.remove_prefix(wrote.bytes);
  }
}

void write_flush(benchmark::State& state, char const* cipher) {
  waggle::net::asio::io_context loop{1};
  tls_server server{key_kind::ecdsa_p256};
  tls_client_context const clients{{.ciphers_13 = cipher}};
  work_clock clock;
  tls_ends ends{loop, server, clients};
  ends.shake_hands(clock);
  static_cast<void>(ends.ticket());
  static_cast<void>(clock.take());
  std::string const flush(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    clock.run([&] { write_all(ends.server(), flush); });
    if (ends.client_reads() != flush.size()) return state.SkipWithError("lost");
    state.SetIterationTime(clock.take());
  }
}
BENCHMARK_CAPTURE(write_flush, aes128, aes128)
    ->UseManualTime()
    ->Arg(200)
    ->Arg(2'000)
    ->Arg(15'000)
    ->Arg(30'000)
    ->Arg(60'000);
BENCHMARK_CAPTURE(write_flush, aes256, aes256)->UseManualTime()->Arg(200)->Arg(15'000);
BENCHMARK_CAPTURE(write_flush, chacha, chacha)->UseManualTime()->Arg(200)->Arg(15'000);

/// A readiness with `range(1)` records of `range(0)` bytes, read as a session does it.
void read_ready(benchmark::State& state, char const* cipher) {
  waggle::net::asio::io_context loop{1};
  tls_server server{key_kind::ecdsa_p256};
  tls_client_context const clients{{.ciphers_13 = cipher}};
  work_clock clock;
  tls_ends ends{loop, server, clients};
  ends.shake_hands(clock);
  static_cast<void>(ends.ticket());
  static_cast<void>(clock.take());
  std::string const record(static_cast<std::size_t>(state.range(0)), 'x');
  std::vector<char> buffer(64 * 1024);
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(1); ++i) ends.client_writes(record);
    auto const wanted = record.size() * static_cast<std::size_t>(state.range(1));
    std::size_t all = 0;
    while (all < wanted) {
      auto const got = clock.run([&] { return ends.server().read_some(buffer); });
      if (got.status == io_status::want_read) continue;
      if (got.status != io_status::done) return state.SkipWithError("lost");
      all += got.bytes;
    }
    state.SetIterationTime(clock.take());
  }
}
BENCHMARK_CAPTURE(read_ready, aes128, aes128)
    ->UseManualTime()
    ->Args({200, 1})
    ->Args({2'000, 1})
    ->Args({15'000, 1})
    ->Args({2'000, 8});
BENCHMARK_CAPTURE(read_ready, aes256, aes256)->UseManualTime()->Args({200, 1})->Args({15'000, 1});
BENCHMARK_CAPTURE(read_ready, chacha, chacha)->UseManualTime()->Args({200, 1})->Args({15'000, 1});

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// A server's tls_stream and a client on the two ends of a loopback connection, and a clock that
// runs only while the server works: what the client costs is not ours to count. Benchmarks only;
// one thread.
#pragma once

#include "server/net/tls_context.hpp"
#include "server/net/tls_stream.hpp"
#include "server/net/types.hpp"
#include "tests/support/certificate.hpp"

#include <openssl/ssl.h>

#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace waggle::bench {

/// CPU time of this thread between the starts and the stops, system calls included.
class work_clock {
 public:
  template <class Work>
  auto run(Work&& work) {
    struct stop {
      ~stop() { clock.seconds_ += now() - begin; }
      work_clock& clock;
      double begin = now();
    } const stopped{*this};
    return work();
  }
  /// Since the last call.
  [[nodiscard]] double take() { return std::exchange(seconds_, 0.0); }

 private:
  static double now() {
    std::timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  double seconds_ = 0;
};

enum class key_kind : std::uint8_t { ecdsa_p256, rsa_2048 };

/// A context as the server makes it, of a fresh certificate.
class tls_server {
 public:
  explicit tls_server(key_kind kind) : pair_({.rsa = kind == key_kind::rsa_2048}) {
    auto loaded =
        net::load_tls({pair_.certificate_file(), pair_.key_file()}, net::ticket_keys::random());
    if (!loaded.context) throw std::runtime_error{loaded.problem};
    context = std::move(loaded.context);
  }

  net::tls_context context;
  net::tls_wire wire;  // of the core, so to say

 private:
  test::certificate pair_;
};

struct ssl_free {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using session_ticket = std::unique_ptr<SSL_SESSION, ssl_free>;

struct client_options {
  int version = TLS1_3_VERSION;
  char const* ciphers_13 = "TLS_AES_128_GCM_SHA256";  // the first choice of browsers
  char const* groups = "X25519:P-256";                // the same
};

/// What all clients of a benchmark share.
class tls_client_context {
 public:
  explicit tls_client_context(client_options const& options);
  [[nodiscard]] SSL_CTX* native() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, ssl_free> context_;
};

/// One connection, with its client.
class tls_ends {
 public:
  /// Connected, not yet shaken hands.
  tls_ends(net::asio::io_context& loop, tls_server& server, tls_client_context const& client);
  ~tls_ends();
  tls_ends(tls_ends const&) = delete;
  tls_ends& operator=(tls_ends const&) = delete;

  void offer(session_ticket const& ticket) { SSL_set_session(client_.get(), ticket.get()); }
  /// `clock` runs while the server works. Throws if it fails.
  void shake_hands(work_clock& clock);
  [[nodiscard]] bool resumed() const { return SSL_session_reused(client_.get()) == 1; }
  /// What the client can come back with; reads until it has come.
  [[nodiscard]] session_ticket ticket();

  [[nodiscard]] net::tls_stream& server() { return *server_; }
  /// One record for each 16 KiB; the server's end is readable then.
  void client_writes(std::string_view bytes);
  /// What has come until now; how many bytes.
  std::size_t client_reads();
  /// The server's end alone remains: its memory is what is left.
  void forget_client();

 private:
  int descriptor_ = -1;         // the client's
  int server_descriptor_ = -1;  // owned by server_
  std::unique_ptr<net::tls_stream> server_;
  std::unique_ptr<SSL, ssl_free> client_;
};

}  // namespace waggle::bench

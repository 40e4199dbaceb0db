// SPDX-License-Identifier: Apache-2.0
// The beginning of a connection: PROXY header, TLS, HTTP head, answer. A coroutine, because it has
// an end: after a 101 the transport is handed over and its frame is freed. One core only.
#pragma once

#include "server/metrics/counters.hpp"
#include "server/net/admission.hpp"
#include "server/net/byte_stream.hpp"
#include "server/net/client_rules.hpp"
#include "server/net/tls_context.hpp"
#include "server/net/tls_wire.hpp"
#include "server/net/types.hpp"
#include "server/session/admission.hpp"
#include "server/session/web_request.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace waggle::net {

struct setup_limits {
  std::size_t head_bytes_max = 8192;
  std::chrono::milliseconds deadline{10'000};  // from the accept to the answer
  bool native = true;                          // whether the native protocol is spoken

  bool operator==(setup_limits const&) const = default;
};

/// What the set-up needs of its core. Outlives every coroutine.
class connection_host {
 public:
  connection_host() = default;
  connection_host(connection_host const&) = delete;
  connection_host& operator=(connection_host const&) = delete;
  virtual ~connection_host() = default;

  [[nodiscard]] virtual setup_limits const& setup() const = 0;
  [[nodiscard]] virtual client_rules const& clients() const = 0;
  /// By what newcomers are judged; valid until this core takes other rules.
  [[nodiscard]] virtual admission_rules admissions() const = 0;
  [[nodiscard]] virtual core_counters& facts() = 0;
  /// The context for new TLS connections; null if there is no certificate.
  [[nodiscard]] virtual tls_context current_tls() const = 0;
  /// What /healthz says.
  [[nodiscard]] virtual bool healthy() const = 0;
  /// What there is to say to a request that asks for no WebSocket; nothing: there is no such page.
  [[nodiscard]] virtual std::optional<web_answer> find_page(web_request const& /*asked*/) {
    return std::nullopt;
  }
  /// Takes over a connection that was upgraded. `early` came behind the head.
  virtual void open_session(std::unique_ptr<byte_stream> stream, std::span<char const> early,
                            admission with) = 0;

  tls_wire wire;  // of all TLS connections of the core
};

/// Starts the set-up of an accepted connection. Everything that can go wrong ends this connection
/// only and is counted.
/// @param descriptor  non-blocking; owned from now on.
void start_connection(connection_host& host, asio::io_context& context, int descriptor,
                      admission with);

}  // namespace waggle::net

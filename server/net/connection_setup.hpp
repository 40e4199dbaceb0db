// SPDX-License-Identifier: Apache-2.0
// A connection on its way to be a session, and what its coroutines do with the bytes: wait, read,
// write, shake hands, refuse. One core only.
#pragma once

#include "server/net/connection.hpp"
#include "server/net/tls_stream.hpp"
#include "server/session/admission_reason.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace waggle::net {

/// Shared by the coroutine and its deadline.
class connection_setup {
 public:
  /// @param descriptor  owned from now on, unless this throws.
  connection_setup(connection_host& its_host, asio::io_context& context, int descriptor,
                   admission its_admission);

  /// Ends the raw bytes: from here on they go through what the listener promises.
  /// @throws std::bad_alloc if OpenSSL has no memory or there is no certificate.
  void make_stream();
  /// Idempotent; nothing happens after the hand-over.
  void close();

  /// Tells `user` once.
  void wait(readiness what, boost::intrusive_ptr<stream_user> user);
  /// Waits until the socket is ready for what `status` asks for. False if it never will be.
  awaitable<bool> ready_for(io_status status);

  /// Before make_stream().
  [[nodiscard]] int raw_descriptor() const { return raw_.descriptor(); }
  /// Of a TLS stream; otherwise null.
  [[nodiscard]] tls_stream* handshake() const { return handshake_; }

  connection_host& host;
  admission let_in;
  timer deadline;
  bool timed_out = false;
  bool arrived = false;                          // see arrive()
  std::optional<admission_reason> refused = {};  // as soon as that is known; told when it asks
  std::unique_ptr<byte_stream> stream;

 private:
  tls_stream* handshake_ = nullptr;  // *stream, if it is one
  polled_socket raw_;                // until it is in *stream
};

// The caller of each keeps the set-up alive.

/// Whether the operation is to be tried again once the socket is ready.
[[nodiscard]] bool waits(io_status status);

/// Completes the TLS handshake. False if there is none to be had.
awaitable<bool> shake_hands(connection_setup& at);

/// Reads what there is, waiting for the first byte. 0: the connection has ended.
awaitable<std::size_t> read_some(connection_setup& at, std::span<char> into);

awaitable<bool> write_all(connection_setup& at, std::string text);
/// @param bytes  in static storage.
awaitable<bool> write_bytes(connection_setup& at, std::span<char const> bytes);
/// Says that no more will be written, and reads on until the client has closed: unread bytes would
/// turn our close into a reset.
awaitable<void> finish_writing(connection_setup& at);

/// Sends a refusal and finishes, or the client might never see why it was refused.
awaitable<void> refuse(connection_setup& at, std::string response);

}  // namespace waggle::net

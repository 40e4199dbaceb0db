// SPDX-License-Identifier: Apache-2.0
// TLS as a byte_stream: OpenSSL on the wire of the core, so that an idle connection holds no record
// buffers (asio::ssl::stream keeps two of 17 KiB and a BIO pair). One core only.
#pragma once

#include "server/net/byte_stream.hpp"
#include "server/net/polled_socket.hpp"
#include "server/net/tls_wire.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace waggle::net {

class tls_stream final : public byte_stream {
 public:
  /// @param context  outlives the call only: OpenSSL counts its own reference.
  /// @param wire     of this core; outlives the stream's use.
  /// @throws std::bad_alloc if OpenSSL has no memory.
  tls_stream(polled_socket socket, SSL_CTX* context, tls_wire& wire);

  /// Goes on with the handshake: `done` when it is complete.
  [[nodiscard]] io_status handshake();

  io_result read_some(std::span<char> into) override;
  io_result write_some(std::span<char const> from) override;
  bool has_buffered_input() const override;
  void wait(readiness what, boost::intrusive_ptr<stream_user> user) override {
    socket_.wait(what, std::move(user));
  }
  void shut_down_write() override;
  void close() override { socket_.close(); }

 private:
  struct ssl_free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  [[nodiscard]] io_status status_of(int returned);
  [[nodiscard]] io_status shake();
  [[nodiscard]] io_result read_records(std::span<char> into);
  [[nodiscard]] io_result write_records(std::span<char const> from);

  polled_socket socket_;
  tls_wire& wire_;
  // Keeps the number of the descriptor, which the kernel gives to the next connection once this one
  // is closed: whatever turns to the wire asks first whether it is still ours.
  wire_end end_;
  std::size_t owed_ = 0;  // bytes whose records are in end_.unsent, and not reported as written yet
  std::unique_ptr<SSL, ssl_free> ssl_;
};

}  // namespace waggle::net

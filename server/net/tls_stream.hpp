// SPDX-License-Identifier: Apache-2.0
// TLS as a byte_stream: OpenSSL directly on the descriptor, so that an idle connection holds no
// record buffers (asio::ssl::stream keeps two of 17 KiB and a BIO pair). One core only.
//
// OpenSSL writes with write(2): the process must ignore SIGPIPE.
#pragma once

#include "server/net/byte_stream.hpp"
#include "server/net/polled_socket.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace waggle::net {

class tls_stream final : public byte_stream {
 public:
  /// @param context  outlives the call only: OpenSSL counts its own reference.
  /// @throws std::bad_alloc if OpenSSL has no memory.
  tls_stream(polled_socket socket, SSL_CTX* context);

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

  polled_socket socket_;
  std::unique_ptr<SSL, ssl_free> ssl_;
  bool broken_ = false;  // after a fatal error SSL_shutdown must not be called
};

}  // namespace waggle::net

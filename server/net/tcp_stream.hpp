// SPDX-License-Identifier: Apache-2.0
// Plain TCP as a byte_stream: recv and send on the descriptor, Asio for the waiting. One core only.
#pragma once

#include "server/net/byte_stream.hpp"
#include "server/net/types.hpp"

namespace waggle::net {

class tcp_stream final : public byte_stream {
 public:
  /// @param socket  connected and non-blocking.
  explicit tcp_stream(tcp_socket socket) : socket_(std::move(socket)) {}

  /// For the set-up coroutine, which waits by itself.
  [[nodiscard]] tcp_socket& socket() { return socket_; }

  io_result read_some(std::span<char> into) override;
  io_result write_some(std::span<char const> from) override;
  bool has_buffered_input() const override { return false; }
  void wait(readiness what, boost::intrusive_ptr<stream_user> user) override;
  void shut_down_write() override;
  void close() override;

 private:
  tcp_socket socket_;
};

/// Shared by the streams that sit on a socket: waits on `socket`, then tells `user`.
void wait_for(tcp_socket& socket, readiness what, boost::intrusive_ptr<stream_user> user);

}  // namespace waggle::net

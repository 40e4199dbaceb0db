// SPDX-License-Identifier: Apache-2.0
// Plain TCP as a byte_stream: recv and send on the descriptor. One core only.
#pragma once

#include "server/net/byte_stream.hpp"
#include "server/net/polled_socket.hpp"

namespace waggle::net {

class tcp_stream final : public byte_stream {
 public:
  explicit tcp_stream(polled_socket socket) : socket_(std::move(socket)) {}

  io_result read_some(std::span<char> into) override;
  io_result write_some(std::span<char const> from) override;
  bool has_buffered_input() const override { return false; }
  void wait(readiness what, boost::intrusive_ptr<stream_user> user) override {
    socket_.wait(what, std::move(user));
  }
  void shut_down_write() override { socket_.shut_down_write(); }
  void close() override { socket_.close(); }

 private:
  polled_socket socket_;
};

}  // namespace waggle::net

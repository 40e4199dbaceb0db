// SPDX-License-Identifier: Apache-2.0
// One WebSocket client of a load: knows the wire, not what is said on it. Cheap, so that thousands
// fit into a process: one read buffer for all, no timer of its own. One thread.
#pragma once

#include "protocol/websocket/frame.hpp"
#include "server/net/types.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::load {

namespace asio = net::asio;

/// Where to connect, and from where: each source address has its own 28,000 ports.
struct route {
  net::tcp::endpoint to;
  std::optional<asio::ip::address> from;
  int receive_buffer_bytes = 0;  // 0: as the kernel likes
};

/// How a client ends its connection.
enum class farewell : std::uint8_t { close_frame, end_of_stream, reset };

class client {
 public:
  client(asio::io_context& loop, route const& way) : socket_(loop.get_executor()), way_(way) {}
  client(client const&) = delete;
  client& operator=(client const&) = delete;
  virtual ~client() = default;

  void open();
  void send_text(std::string_view text);
  /// Bytes as they are, behind whatever waits to be sent.
  void send_bytes(std::string_view bytes);
  /// Pings get no pong: for who is in the middle of a frame.
  void stop_ponging() { pongs_ = false; }
  /// From now on nothing is read any more.
  void stop_reading() { deaf_ = true; }
  void leave(farewell how);

  [[nodiscard]] bool ended() const { return ended_; }

 protected:
  virtual void on_open() = 0;
  virtual void on_text(std::string_view text) = 0;
  /// @param code  of the server's close frame, if it sent one.
  virtual void on_end(std::optional<std::uint16_t> code) = 0;

 private:
  void request_upgrade();
  void wait_readable();
  void wait_writable();
  void read();
  void write();
  void handle_input();
  bool handle_response();
  bool handle_frame();
  void end();

  net::tcp_socket socket_;
  route way_;
  std::string in_;   // the beginning of what is not complete
  std::string out_;  // what the kernel has not taken
  std::optional<std::uint16_t> code_;
  bool upgraded_ = false;
  bool deaf_ = false;
  bool pongs_ = true;
  bool waits_writable_ = false;
  bool ended_ = false;
};

}  // namespace waggle::load

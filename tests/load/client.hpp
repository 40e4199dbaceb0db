// SPDX-License-Identifier: Apache-2.0
// One WebSocket client of a load, over ws or wss: knows the wire, not what is said on it. Cheap, so
// that it costs less than the server it measures: one read and one write buffer for all, one write
// per turn, no timer of its own. One thread.
#pragma once

#include "protocol/websocket/frame.hpp"
#include "server/net/poller.hpp"
#include "server/net/types.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::load {

namespace asio = net::asio;

/// Where to connect, and from where: each source address has its own 28,000 ports.
struct route {
  net::tcp::endpoint to;
  std::optional<asio::ip::address> from;
  int receive_buffer_bytes = 0;    // 0: as the kernel likes
  SSL_CTX* tls = nullptr;          // null: ws
  SSL_SESSION* session = nullptr;  // to be resumed
  std::string path = "/";
};

/// How a client ends its connection.
enum class farewell : std::uint8_t { close_frame, end_of_stream, reset };

class client : private net::poll_watcher {
 public:
  client(asio::io_context& loop, route const& way)
      : poller_(asio::use_service<net::poller>(loop)), way_(way) {}
  ~client() override;

  void open();
  void send_text(std::string_view text);
  /// Bytes as they are, behind whatever waits to be sent.
  void send_bytes(std::string_view bytes);
  /// Pings get no pong: for who is in the middle of a frame.
  void stop_ponging() { pongs_ = false; }
  /// Whoever says something for all it hears is held back by a server that does not read it.
  void read_only_when_all_is_sent() { lock_step_ = true; }
  /// From now on nothing is read any more.
  void stop_reading();
  void leave(farewell how);

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool is_open() const { return upgraded_ && !ended_; }
  /// Of wss, once it is open.
  [[nodiscard]] SSL* tls() const { return tls_.get(); }

 protected:
  virtual void on_open() = 0;
  virtual void on_text(std::string_view text) = 0;
  /// @param code  of the server's close frame, if it sent one.
  virtual void on_end(std::optional<std::uint16_t> code) = 0;

 private:
  enum class io : std::uint8_t { done, blocked, over };
  struct tls_free {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };

  void on_poll(std::uint32_t events) override;
  void on_poller_end() override {}
  void watch();
  void on_connected();
  [[nodiscard]] bool shake_hands();
  void read();
  /// Writes what waits and then `bytes`; keeps what the kernel does not take.
  void write(std::string_view bytes);
  [[nodiscard]] io receive(char* into, std::size_t most, std::size_t& got);
  [[nodiscard]] io transmit(std::string_view bytes, std::size_t& sent);
  [[nodiscard]] std::size_t handle_input(std::string_view bytes);
  [[nodiscard]] std::size_t handle_response(std::string_view bytes);
  [[nodiscard]] std::size_t handle_frame(std::string_view bytes);
  void end();

  net::poller& poller_;
  route const& way_;
  std::unique_ptr<SSL, tls_free> tls_;
  std::string in_;   // the beginning of what is not complete
  std::string out_;  // what the kernel has not taken
  std::optional<std::uint16_t> code_;
  int socket_ = -1;
  bool connected_ = false;
  bool secured_ = false;
  bool upgraded_ = false;
  bool deaf_ = false;
  bool pongs_ = true;
  bool reading_ = false;  // what is sent waits for the end of the turn
  bool lock_step_ = false;
  bool ended_ = false;
};

}  // namespace waggle::load

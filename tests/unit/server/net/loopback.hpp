// SPDX-License-Identifier: Apache-2.0
// Connected TCP sockets in one process, and a TLS client for the far end. Tests only; one thread.
#pragma once

#include "server/net/polled_socket.hpp"
#include "server/net/tls_context.hpp"
#include "server/net/types.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/deadline.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace waggle::net::test {

/// The client's end of a connection: what a browser would do, without blocking.
class far_end {
 public:
  explicit far_end(int descriptor) : descriptor_(descriptor) {
    ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
  }
  far_end(far_end const&) = delete;
  far_end& operator=(far_end const&) = delete;
  virtual ~far_end() { leave(); }

  /// As many bytes as the kernel takes now.
  virtual std::size_t write(std::string_view bytes) {
    auto const sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  /// What has come until now; notes the end of the stream.
  virtual std::string read() {
    std::string all;
    std::array<char, 16'384> some{};
    for (;;) {
      auto const got = ::recv(descriptor_, some.data(), some.size(), 0);
      if (got == 0) saw_end = true;
      if (got < 0 && errno != EAGAIN) saw_reset = true;
      if (got <= 0) return all;
      all.append(some.data(), static_cast<std::size_t>(got));
    }
  }
  /// Says that no more will be written.
  virtual void finish() { ::shutdown(descriptor_, SHUT_WR); }
  void leave() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  bool saw_end = false;
  bool saw_reset = false;

 protected:
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

class tls_far_end final : public far_end {
 public:
  explicit tls_far_end(int descriptor, int version_max = TLS1_3_VERSION)
      : far_end(descriptor),
        context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        ssl_(SSL_new(context_.get()), SSL_free) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write(2)
    SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_max_proto_version(ssl_.get(), version_max);
    SSL_set_fd(ssl_.get(), descriptor);
    SSL_set_connect_state(ssl_.get());
  }

  /// Goes on with the handshake; true when it is complete.
  bool handshake() {
    ERR_clear_error();
    return SSL_do_handshake(ssl_.get()) == 1;
  }
  std::size_t write(std::string_view bytes) override {
    ERR_clear_error();
    std::size_t sent = 0;
    return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) == 1 ? sent : 0;
  }
  std::string read() override {
    std::string all;
    std::array<char, 16'384> some{};
    for (;;) {
      ERR_clear_error();
      std::size_t got = 0;
      auto const returned = SSL_read_ex(ssl_.get(), some.data(), some.size(), &got);
      if (returned != 1) {
        auto const error = SSL_get_error(ssl_.get(), returned);
        if (error == SSL_ERROR_ZERO_RETURN) saw_end = true;
        if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) saw_reset = true;
        return all;
      }
      all.append(some.data(), got);
    }
  }
  void finish() override { SSL_shutdown(ssl_.get()); }
  /// Before the handshake: all that it offers for the key exchange.
  void offer_groups(char const* names) {
    EXPECT_EQ(SSL_set1_groups_list(ssl_.get(), names), 1) << names;
  }
  /// What TLS holds is freed; the connection stays.
  void forget() {
    ssl_.reset();
    context_.reset();
  }
  /// In the socket, not yet read.
  [[nodiscard]] std::size_t bytes_waiting() const {
    int bytes = 0;
    ::ioctl(descriptor(), FIONREAD, &bytes);
    return static_cast<std::size_t>(bytes);
  }
  [[nodiscard]] bool has_ticket() const {
    return SSL_SESSION_has_ticket(SSL_get0_session(ssl_.get())) == 1;
  }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

/// Two ends of one connection over the loopback interface.
struct loopback {
  explicit loopback(asio::io_context& context) : server(context.get_executor()) {
    tcp_acceptor acceptor{context.get_executor(), {asio::ip::address_v4::loopback(), 0}};
    client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    auto const at = acceptor.local_endpoint();
    EXPECT_EQ(::connect(client, at.data(), static_cast<socklen_t>(at.size())), 0);
    acceptor.accept(server);
    server.non_blocking(true);
  }

  /// The server's end, as streams have it.
  [[nodiscard]] polled_socket take_server() {
    return {asio::use_service<poller>(server.get_executor().context()), server.release()};
  }

  tcp_socket server;
  int client = -1;  // for a far_end, which will own it
};

/// A server context that lives as long as the test program; made once.
inline tls_context const& server_tls() {
  static waggle::test::certificate const pair;
  static auto const loaded =
      load_tls({pair.certificate_file(), pair.key_file()}, ticket_keys::random());
  EXPECT_EQ(loaded.problem, "");
  return loaded.context;
}

}  // namespace waggle::net::test

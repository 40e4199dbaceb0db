// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tls_ends.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace waggle::bench {

namespace {

void wait_readable(int descriptor) {
  pollfd what{.fd = descriptor, .events = POLLIN, .revents = 0};
  if (::poll(&what, 1, 1000) != 1) throw std::runtime_error{"nothing comes"};
}

}  // namespace

tls_client_context::tls_client_context(client_options const& options)
    : context_(SSL_CTX_new(TLS_client_method())) {
  std::signal(SIGPIPE, SIG_IGN);  // this side writes with write(2)
  SSL_CTX_set_min_proto_version(context_.get(), options.version);
  SSL_CTX_set_max_proto_version(context_.get(), options.version);
  SSL_CTX_set_ciphersuites(context_.get(), options.ciphers_13);
  SSL_CTX_set1_groups_list(context_.get(), options.groups);
  // With its cache on, a client forgets a ticket of TLS 1.3 once it has used it.
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
}

tls_ends::tls_ends(net::asio::io_context& loop, tls_server& server,
                   tls_client_context const& client)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)),
      client_(SSL_new(client.native())) {
  net::tcp_acceptor acceptor{loop.get_executor(), {net::asio::ip::address_v4::loopback(), 0}};
  auto const at = acceptor.local_endpoint();
  if (::connect(descriptor_, at.data(), static_cast<socklen_t>(at.size())) != 0) {
    throw std::runtime_error{"cannot connect"};
  }
  ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
  int const yes = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  net::tcp_socket accepted{loop.get_executor()};
  acceptor.accept(accepted);
  accepted.non_blocking(true);
  accepted.set_option(net::tcp::no_delay{true});
  server_descriptor_ = accepted.release();
  net::polled_socket socket{net::asio::use_service<net::poller>(loop), server_descriptor_};
  server_ = std::make_unique<net::tls_stream>(std::move(socket), server.context.get(), server.wire);
  SSL_set_fd(client_.get(), descriptor_);
  SSL_set_connect_state(client_.get());
}

tls_ends::~tls_ends() {
  forget_client();
  // A reset leaves no TIME_WAIT behind, of which a benchmark would make too many.
  linger const at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(descriptor_);
}

void tls_ends::forget_client() {
  // Else OpenSSL marks the session as one that must not be resumed.
  if (client_) SSL_set_shutdown(client_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  client_.reset();
}

void tls_ends::shake_hands(work_clock& clock) {
  auto ours = net::io_status::want_read;
  bool theirs = false;
  for (int round = 0; round < 10; ++round) {
    ERR_clear_error();
    theirs = theirs || SSL_do_handshake(client_.get()) == 1;
    if (ours != net::io_status::done) ours = clock.run([&] { return server_->handshake(); });
    if (theirs && ours == net::io_status::done) return;
  }
  throw std::runtime_error{"the handshake did not end"};
}

session_ticket tls_ends::ticket() {
  // In TLS 1.2 it is part of the handshake, in 1.3 it comes with the first bytes.
  static_cast<void>(server_->write_some(std::string_view{"hello"}));
  wait_readable(descriptor_);
  static_cast<void>(client_reads());
  return session_ticket{SSL_get1_session(client_.get())};
}

void tls_ends::client_writes(std::string_view bytes) {
  std::size_t sent = 0;
  if (SSL_write_ex(client_.get(), bytes.data(), bytes.size(), &sent) != 1 || sent != bytes.size()) {
    throw std::runtime_error{"the client cannot write"};
  }
  wait_readable(server_descriptor_);
}

std::size_t tls_ends::client_reads() {
  std::size_t all = 0;
  static std::array<char, 16'384> some;
  for (;;) {
    ERR_clear_error();
    std::size_t got = 0;
    if (SSL_read_ex(client_.get(), some.data(), some.size(), &got) != 1) return all;
    all += got;
  }
}

}  // namespace waggle::bench

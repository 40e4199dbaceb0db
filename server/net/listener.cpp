// SPDX-License-Identifier: Apache-2.0
#include "server/net/listener.hpp"

#include "server/log.hpp"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace waggle::net {
namespace {

constexpr int accepts_per_turn_max = 64;
constexpr int accepts_at_stop_max = 4096;  // as many as a queue may hold by default (somaxconn)
constexpr std::chrono::milliseconds no_room_pause{100};

void set(int descriptor, int level, int name, int value) {
  // None of these can fail for a good descriptor, and the server works without any of them.
  ::setsockopt(descriptor, level, name, &value, sizeof value);
}

void set_send_buffer(int descriptor, int bytes) {
  set(descriptor, SOL_SOCKET, SO_SNDBUF, bytes / 2);  // the kernel doubles it
  set(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes / 2);
}

error_code last_error() {
  return {errno, boost::system::system_category()};
}

/// A socket bound to `at`, not yet listening; -1 and `error` if that cannot be had.
int bind_to(tcp::endpoint const& at, bool shared, error_code& error) {
  auto const descriptor =
      ::socket(at.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) {
    error = last_error();
    return -1;
  }
  set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  if (shared) set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
  if (at.address().is_v6()) set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(descriptor, at.data(), static_cast<socklen_t>(at.size())) != 0) {
    error = last_error();
    ::close(descriptor);
    return -1;
  }
  return descriptor;
}

std::uint16_t port_of(int descriptor) {
  tcp::endpoint at;
  auto size = static_cast<socklen_t>(at.capacity());
  if (::getsockname(descriptor, at.data(), &size) != 0) return 0;
  at.resize(size);
  return at.port();
}

ip_address address_of(tcp::endpoint const& at) {
  auto const address = at.address();
  return address.is_v4() ? ip_address{address.to_v4().to_bytes()}
                         : ip_address{address.to_v6().to_bytes()};
}

bool out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

listening_sockets::~listening_sockets() {
  for (auto const descriptor : descriptors) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

int listening_sockets::take(std::size_t core) {
  return std::exchange(descriptors[core], -1);
}

listening_sockets listen_on(tcp::endpoint wanted, transport kind, std::size_t cores,
                            listen_options const& options, error_code& error) {
  listening_sockets sockets;
  sockets.kind = kind;
  if (auto const probe = bind_to(wanted, /*shared=*/false, error); probe >= 0) {
    // An address in use shows only when somebody listens: binding alone may be shared.
    if (::listen(probe, 1) != 0) error = last_error();
    ::close(probe);
  }
  if (error) return sockets;
  while (sockets.descriptors.size() < cores) {
    auto const descriptor = bind_to(wanted, /*shared=*/true, error);
    if (descriptor < 0) return sockets;
    sockets.descriptors.push_back(descriptor);
    wanted.port(port_of(descriptor));
    // Accepted sockets inherit these, which saves a system call each per connection.
    set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
    set_send_buffer(descriptor, options.send_buffer_bytes);
    if (::listen(descriptor, options.backlog) != 0) {
      error = last_error();
      return sockets;
    }
  }
  sockets.at = wanted;
  return sockets;
}

listener::listener(asio::io_context& context, connection_host& host, runtime::gate& gate,
                   tcp const& protocol, int descriptor, entrance how)
    : context_(context),
      host_(host),
      gate_(gate),
      acceptor_(context.get_executor(), protocol, descriptor),
      pause_(context.get_executor()),
      how_(how) {
  acceptor_.non_blocking(true);
}

void listener::use(listen_options const& options) {
  if (!acceptor_.is_open()) return;
  set_send_buffer(acceptor_.native_handle(), options.send_buffer_bytes);
  // Of a socket that listens already, Linux only changes the length of the queue.
  ::listen(acceptor_.native_handle(), options.backlog);
}

void listener::start() {
  wait();
}

// Closing the socket resets the connections that wait in its queue, so they are taken first.
void listener::stop() {
  if (!acceptor_.is_open()) return;
  for (int left = accepts_at_stop_max; left > 0 && accept_one() == accepted::one;) --left;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void listener::wait() {
  acceptor_.async_wait(tcp_acceptor::wait_read, [this](error_code const& error) {
    if (!error) accept_some();
  });
}

// Several per turn, or newcomers starve behind the traffic of those who are in; not all, or a
// storm of newcomers starves the traffic.
void listener::accept_some() {
  for (int left = accepts_per_turn_max; left > 0; --left) {
    auto const what = accept_one();
    if (what == accepted::no_room) return pause();
    if (what == accepted::none_waiting) break;
  }
  wait();
}

// The gate is asked first: a connection that cannot be served waits in the kernel's queue, where
// it costs no descriptor.
listener::accepted listener::accept_one() {
  auto pass = gate_.enter();
  if (!pass) return accepted::no_room;
  tcp::endpoint from;
  auto size = static_cast<socklen_t>(from.capacity());
  auto const descriptor =
      ::accept4(acceptor_.native_handle(), from.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) {
    if (out_of_descriptors(errno)) return accepted::no_room;
    if (errno == EAGAIN) return accepted::none_waiting;
    return accepted::one;  // it has gone again, or the network spoke for it: accept(2)
  }
  from.resize(size);
  host_.facts().add(counter::connections_accepted,
                    how_.kind == transport::tls ? label::transport::tls : label::transport::plain);
  start_connection(host_, context_, descriptor,
                   {.through = how_, .client = {address_of(from)}, .pass = std::move(pass)});
  return accepted::one;
}

bool listener::somebody_waits() {
  pollfd waiting{.fd = acceptor_.native_handle(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) == 1;
}

// The last one in leaves no room, and that is nobody's loss until the next one knocks.
void listener::pause() {
  if (!somebody_waits()) return wait();
  static log::rate_limit limit;
  host_.facts().add(counter::accepts_paused);
  log::warn_limited(limit, *log::net(), log::coarse_now(),
                    "accepting paused reason=no-descriptors connections={} pause_ms={}",
                    gate_.inside(), no_room_pause.count());
  pause_.expires_after(no_room_pause);
  pause_.async_wait([this](error_code const& error) {
    if (!error) wait();
  });
}

}  // namespace waggle::net

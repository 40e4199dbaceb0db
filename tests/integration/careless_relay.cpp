// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/careless_relay.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace waggle::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

int tcp_socket() {
  return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/// As "helpful" middle boxes do it; frames of the server are not masked.
void rewrite(std::span<char> bytes) {
  std::string_view const from = "192.0.2.1 ";
  for (auto at = bytes.begin(); at != bytes.end(); ++at) {
    at = std::search(at, bytes.end(), from.begin(), from.end());
    if (at == bytes.end()) return;
    *at = '8';
  }
}

/// Bytes that are there now from one to the other. False: the one has closed.
bool pass(int from, int to, bool rewriting = false) {
  std::array<char, 65'536> bytes{};
  auto const got = ::recv(from, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN;
  if (rewriting && got > 0) rewrite(std::span{bytes}.first(static_cast<std::size_t>(got)));
  if (got > 0 && to >= 0)
    return ::send(to, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
  return got > 0;
}

void reset(int& fd) {
  linger const at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
  fd = -1;
}

}  // namespace

careless_relay::careless_relay(endpoint const& server, carelessness how)
    : server_(server), how_(how), listening_(tcp_socket()), at_{"ws", "127.0.0.1"} {
  auto at = loopback(0);
  socklen_t size = sizeof at;
  if (::bind(listening_, reinterpret_cast<sockaddr const*>(&at), size) != 0 ||
      ::listen(listening_, 16) != 0 ||
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
    throw std::runtime_error("the relay cannot listen");
  }
  at_.port = ntohs(at.sin_port);
  thread_ = std::jthread{[this](std::stop_token const& stop) { serve(stop); }};
}

careless_relay::~careless_relay() {
  thread_.request_stop();
  thread_.join();
  for (auto& each : pairs_) {
    if (each.client >= 0) ::close(each.client);
    ::close(each.server);
  }
  ::close(listening_);
}

void careless_relay::serve(std::stop_token const& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> waiting{{.fd = listening_, .events = POLLIN, .revents = 0}};
    for (auto const& each : pairs_) {
      waiting.push_back({.fd = each.client, .events = POLLIN, .revents = 0});
      waiting.push_back({.fd = each.server, .events = POLLIN, .revents = 0});
    }
    ::poll(waiting.data(), waiting.size(), 10);
    for (auto each = pairs_.begin(); each != pairs_.end();) {
      each = forward(*each) ? std::next(each) : pairs_.erase(each);
    }
    if ((waiting[0].revents & POLLIN) != 0) accept_one();
  }
}

void careless_relay::accept_one() {
  pair made{.client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC),
            .server = tcp_socket(),
            .heard = std::chrono::steady_clock::now()};
  auto const to = loopback(server_.port);
  static_cast<void>(::connect(made.server, reinterpret_cast<sockaddr const*>(&to), sizeof to));
  pairs_.push_back(made);
}

bool careless_relay::forward(pair& of) const {
  auto const now = std::chrono::steady_clock::now();
  if (how_.forgets_after.count() > 0 && now - of.heard > how_.forgets_after) of.forgotten = true;
  if (of.forgotten) return true;
  std::array<pollfd, 2> ready{{{.fd = of.client, .events = POLLIN, .revents = 0},
                               {.fd = of.server, .events = POLLIN, .revents = 0}}};
  if (::poll(ready.data(), ready.size(), 0) > 0) of.heard = now;
  if (ready[0].revents != 0 && !pass(of.client, of.server)) {
    ::close(of.client);
    of.client = -1;
    if (!how_.keeps_the_server_waiting) {
      ::close(of.server);
      return false;
    }
  }
  if (ready[1].revents != 0 && !pass(of.server, of.client, how_.rewrites)) {
    if (of.client >= 0) ::close(of.client);
    ::close(of.server);
    return false;
  }
  if (how_.resets_after.count() > 0 && of.client >= 0 && now - of.heard > how_.resets_after) {
    reset(of.client);
    ::close(of.server);
    return false;
  }
  return true;
}

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/proxies/upstream.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace waggle::test {

upstream::upstream(std::string name)
    : name_(std::move(name)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(listening_, reinterpret_cast<sockaddr const*>(&at), size) != 0 ||
      ::listen(listening_, 16) != 0 ||
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
    throw std::runtime_error("the application cannot listen");
  }
  at_.port = ntohs(at.sin_port);
  thread_ = std::jthread{[this](std::stop_token const& stop) { serve(stop); }};
}

upstream::~upstream() {
  thread_.request_stop();
  thread_.join();
  ::close(listening_);
}

void upstream::serve(std::stop_token const& stop) const {
  while (!stop.stop_requested()) {
    pollfd waiting{.fd = listening_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 50) <= 0) continue;
    int const client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    answer(client);
    ::close(client);
  }
}

void upstream::answer(int client) const {
  timeval const patience{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string head;
  std::array<char, 4096> some{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    auto const got = ::recv(client, some.data(), some.size(), 0);
    if (got <= 0) return;
    head.append(some.data(), static_cast<std::size_t>(got));
  }
  auto const target_at = head.find(' ') + 1;
  auto const body = name_ + " " + head.substr(target_at, head.find(' ', target_at) - target_at);
  auto const response =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body;
  static_cast<void>(::send(client, response.data(), response.size(), MSG_NOSIGNAL));
}

}  // namespace waggle::test

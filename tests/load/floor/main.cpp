// SPDX-License-Identifier: Apache-2.0
// The program `waggle-floor [--listen ADDRESS:PORT]`: a tracker that does nothing but the physical
// work, as the yardstick that tests/load/compare.py holds servers against. One thread: a turn reads
// every readable connection once, then writes once to everyone who is to hear something. It has no
// limits, timers or policies, trusts its clients and knows neither fragments nor TLS.
#include "tests/load/floor/tracker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <system_error>

namespace waggle::floor {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t read_bytes_max = 256 * 1024;
constexpr int accepts_a_turn_max = 64;
constexpr int events_max = 1024;

[[noreturn]] void fail(char const* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void unmask(char* payload, std::size_t size, char const* key) {
  std::uint64_t wide = 0;
  std::memcpy(&wide, key, 4);
  wide |= wide << 32U;
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload + at, 8);
    word ^= wide;
    std::memcpy(payload + at, &word, 8);
  }
  for (; at < size; ++at) payload[at] = static_cast<char>(payload[at] ^ key[at % 4]);
}

std::string accept_of(std::string_view key) {
  auto const text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<unsigned char const*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> encoded{};
  auto const size = EVP_EncodeBlock(encoded.data(), digest.data(), digest.size());
  return {reinterpret_cast<char const*>(encoded.data()), static_cast<std::size_t>(size)};
}

int listen_at(std::string const& address) {
  auto const colon = address.rfind(':');
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
  if (inet_pton(AF_INET, address.substr(0, colon).c_str(), &at.sin_addr) != 1) fail("address");
  auto const listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int const on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Accepted sockets inherit it.
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) fail("bind");
  if (listen(listener, 4096) != 0) fail("listen");
  socklen_t size = sizeof at;
  getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
  std::array<char, INET_ADDRSTRLEN> text{};
  inet_ntop(AF_INET, &at.sin_addr, text.data(), text.size());
  std::printf("ready client=ws://%s:%u\n", text.data(), static_cast<unsigned>(ntohs(at.sin_port)));
  std::fflush(stdout);
  return listener;
}

class loop {
 public:
  explicit loop(int listener) : listener_(listener), events_(epoll_create1(EPOLL_CLOEXEC)) {
    epoll_event wanted{.events = EPOLLIN, .data = {.ptr = nullptr}};
    epoll_ctl(events_, EPOLL_CTL_ADD, listener_, &wanted);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, events_max> ready{};
    for (;;) {
      auto const count = epoll_wait(events_, ready.data(), events_max, -1);
      for (int n = 0; n < count; ++n) {
        auto& event = ready[static_cast<std::size_t>(n)];
        if (event.data.ptr == nullptr) {
          accept_some();
          continue;
        }
        auto& from = *static_cast<connection*>(event.data.ptr);
        if ((event.events & EPOLLOUT) != 0U) mark_dirty(from);
        if ((event.events & ~std::uint32_t{EPOLLOUT}) != 0U) read(from);
      }
      for (auto* const to : tracker_.dirty) write(*to);
      tracker_.dirty.clear();
      for (auto* const one : gone_) delete one;
      gone_.clear();
    }
  }

 private:
  void mark_dirty(connection& one) {
    if (one.dirty) return;
    one.dirty = true;
    tracker_.dirty.push_back(&one);
  }

  void accept_some() {
    for (int n = 0; n < accepts_a_turn_max; ++n) {
      auto const descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) return;
      auto* const one = new connection{};
      one->descriptor = descriptor;
      epoll_event wanted{.events = EPOLLIN, .data = {.ptr = one}};
      epoll_ctl(events_, EPOLL_CTL_ADD, descriptor, &wanted);
    }
  }

  void read(connection& from) {
    if (from.gone) return;
    auto const kept = from.in.bytes().size();
    if (kept != 0) std::memcpy(buffer_.data(), from.in.bytes().data(), kept);
    auto const got = recv(from.descriptor, buffer_.data() + kept, buffer_.size() - kept, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return close(from);
    if (kept != 0) from.in.drop_front(kept);
    auto* at = buffer_.data();
    auto* const end = at + kept + got;
    if (!from.upgraded) at = upgrade(from, at, end);
    while (from.upgraded && !from.closing) {
      auto* const next = handle_frame(from, at, end);
      if (next == at) break;
      at = next;
    }
    if (at != end && !from.closing) from.in.append({at, static_cast<std::size_t>(end - at)});
  }

  /// Answers the request head if it is complete; returns what comes behind it.
  char* upgrade(connection& from, char* begin, char const* end) {
    std::string_view const text{begin, static_cast<std::size_t>(end - begin)};
    auto const head = text.substr(0, text.find("\r\n\r\n"));
    if (head.size() == text.size()) return begin;
    auto constexpr name = "\r\nsec-websocket-key:"sv;
    auto const found = std::search(head.begin(), head.end(), name.begin(), name.end(),
                                   [](char one, char lower) { return std::tolower(one) == lower; });
    if (found == head.end()) {
      from.closing = true;
    } else {
      auto key = head.substr(static_cast<std::size_t>(found - head.begin()) + name.size());
      key = key.substr(key.find_first_not_of(' '));
      key = key.substr(0, key.find_first_of("\r "));
      from.upgraded = true;
      from.out.append(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Accept: " +
          accept_of(key) + "\r\n\r\n");
    }
    mark_dirty(from);
    return begin + head.size() + 4;
  }

  /// Returns what comes behind the frame, or its begin if it is not complete.
  char* handle_frame(connection& from, char* begin, char const* end) {
    auto const available = static_cast<std::size_t>(end - begin);
    if (available < 2) return begin;
    auto const byte = [begin](std::size_t n) { return static_cast<unsigned char>(begin[n]); };
    std::size_t size = byte(1) & 0x7fU;
    std::size_t head = 2;
    if (size >= 126) {
      head = size == 126 ? 4 : 10;
      if (available < head) return begin;
      size = 0;
      for (std::size_t n = 2; n < head; ++n) size = size << 8U | byte(n);
    }
    if (size > read_bytes_max / 2) from.closing = true;  // it would never fit
    if (available < head + 4 + size) {
      if (from.closing) mark_dirty(from);
      return begin;
    }
    auto* const payload = begin + head + 4;
    unmask(payload, size, begin + head);
    auto const opcode = byte(0) & 0x0fU;
    if (opcode <= 2) {
      tracker_.handle(from, {payload, size});
    } else if (opcode == 8 || opcode == 9) {  // the close code comes back, a ping becomes a pong
      std::memcpy(grow_frame(from.out, opcode == 8 ? 8 : 10, size), payload, size);
      from.closing = opcode == 8;
      mark_dirty(from);
    }
    return payload + size;
  }

  void write(connection& to) {
    to.dirty = false;
    if (to.gone) return;
    auto const waiting = to.out.bytes();
    if (!waiting.empty()) {
      auto const sent = send(to.descriptor, waiting.data(), waiting.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return close(to);
      if (sent > 0) to.out.drop_front(static_cast<std::size_t>(sent));
    }
    auto const is_done = to.out.empty();
    if (is_done && to.closing) return close(to);
    if (is_done != to.waits_writable) return;
    to.waits_writable = !is_done;
    epoll_event wanted{.events = EPOLLIN | (is_done ? 0U : std::uint32_t{EPOLLOUT}),
                       .data = {.ptr = &to}};
    epoll_ctl(events_, EPOLL_CTL_MOD, to.descriptor, &wanted);
  }

  void close(connection& one) {
    tracker_.leave_all(one);
    ::close(one.descriptor);
    one.gone = true;
    gone_.push_back(&one);
  }

  int listener_;
  int events_;
  tracker tracker_;
  std::vector<connection*> gone_;
  std::array<char, read_bytes_max> buffer_{};
};

}  // namespace
}  // namespace waggle::floor

int main(int argc, char** argv) {
  using namespace waggle::floor;
  using std::string_view_literals::operator""sv;
  std::signal(SIGTERM, [](int) { _exit(0); });
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  try {
    auto const address = argc == 3 && argv[1] == "--listen"sv ? argv[2] : "127.0.0.1:0";
    std::make_unique<loop>(listen_at(address))->run();
  } catch (std::exception const& error) {
    std::fprintf(stderr, "waggle-floor: %s\n", error.what());
    return 2;
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "server/net/stun_service.hpp"

#include "server/runtime/clock.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <sys/socket.h>

namespace waggle::net {
namespace {

constexpr std::size_t places = 16'384;  // of the table of sources
constexpr int datagrams_per_turn = 64;  // of one socket, before the others have theirs

ip_address address_of(asio::ip::address const& from) {
  if (from.is_v4()) return ip_address{from.to_v4().to_bytes()};
  return ip_address{from.to_v6().to_bytes()};  // of IPv4 over such a socket the mapped form
}

void add_one(std::atomic<std::uint64_t>& to) {
  to.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

stun_service::stun_service(share_limits const& limits, hash_seed const& seed)
    : shares_(limits, places, seed) {}

stun_service::~stun_service() {
  loop_.stop();
  if (thread_.joinable()) thread_.join();
}

udp::endpoint stun_service::open(udp::endpoint const& at, error_code& error) {
  auto socket = std::make_unique<udp_socket>(loop_.get_executor());
  error = {};
  socket->open(at.protocol(), error);
  // An address of IPv6 is for both families where it is that of every interface.
  if (!error && at.address().is_v6() && at.address().is_unspecified()) {
    socket->set_option(asio::ip::v6_only{false}, error);
  }
  if (!error) socket->non_blocking(true, error);
  if (!error) socket->bind(at, error);
  if (error) return {};
  auto const there = socket->local_endpoint(error);
  if (!error) sockets_.push_back(std::move(socket));
  return there;
}

void stun_service::start() {
  for (auto const& socket : sockets_) wait(*socket);
  thread_ = std::thread{[this] { loop_.run(); }};
}

void stun_service::wait(udp_socket& on) {
  on.async_wait(udp_socket::wait_read, [this, &on](error_code const& error) {
    if (error == asio::error::operation_aborted) return;
    serve(on);
    wait(on);
  });
}

void stun_service::serve(udp_socket& on) {
  // One byte more than the longest, so that a longer datagram is seen to be one.
  std::array<std::uint8_t, stun::request_bytes_max + 1> request;  // NOLINT(*-member-init): filled
  std::array<std::uint8_t, stun::answer_bytes_max> answer;        // NOLINT(*-member-init): likewise
  auto const now = runtime::elapsed();
  for (int left = datagrams_per_turn; left > 0; --left) {
    udp::endpoint from;
    error_code error;
    auto const bytes = on.receive_from(asio::buffer(request), from, 0, error);
    if (error == asio::error::would_block) return;
    if (error) continue;  // such as a port that could not be reached before
    auto const source = address_of(from.address());
    if (!shares_.take(source, now)) {
      add_one(counts_.limited);
      continue;
    }
    auto const made =
        stun::answer_binding(std::span{request}.first(bytes), {source, from.port()}, answer);
    if (made.is == stun::outcome::ignored) {
      add_one(counts_.ignored);
      continue;
    }
    // Counted first: who has the answer may look at the count.
    add_one(made.is == stun::outcome::answered ? counts_.answered : counts_.refused);
    // A full send buffer loses the answer, as a network may: the client asks again.
    on.send_to(asio::buffer(answer, made.bytes), from, 0, error);
  }
}

}  // namespace waggle::net

// SPDX-License-Identifier: Apache-2.0
#include "server/net/polled_socket.hpp"

#include <boost/asio/post.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <exception>
#include <utility>

namespace waggle::net {
namespace {

// The end of the connection wakes whoever waits, for whatever: the next operation tells it why.
constexpr std::uint32_t wakes_reader = EPOLLIN | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t wakes_writer = EPOLLOUT | EPOLLHUP | EPOLLERR;

}  // namespace

void polled_socket::wait(readiness what, user_ptr user) {
  auto const reads = what == readiness::readable;
  auto const now = poller::events_of(*this);
  auto const wanted = now | (reads ? EPOLLIN : EPOLLOUT);
  if (descriptor_ < 0 || (wanted != now && !poller_.watch(*this, descriptor_, wanted))) {
    return tell_later_that_it_failed(what, std::move(user));
  }
  (reads ? reader_ : writer_) = std::move(user);
}

// What nobody waits for is no longer asked for, but only once it has happened: a reader that waits
// again before the next turn, as nearly all do, costs no system call.
void polled_socket::on_poll(std::uint32_t events) {
  auto const now = poller::events_of(*this);
  auto const reader = (events & wakes_reader) != 0 ? std::exchange(reader_, nullptr) : nullptr;
  auto const writer = (events & wakes_writer) != 0 ? std::exchange(writer_, nullptr) : nullptr;
  auto wanted = now;
  if ((events & EPOLLIN) != 0 && !reader) wanted &= ~std::uint32_t{EPOLLIN};
  if ((events & EPOLLOUT) != 0) wanted &= ~std::uint32_t{EPOLLOUT};  // writers wait rarely
  if (wanted == 0 || (!reader && !writer)) {
    // Hanging up cannot be unasked, so who is not interested leaves the set.
    if (wanted == 0 || (events & (EPOLLHUP | EPOLLERR)) != 0) {
      poller_.forget(*this, descriptor_);
      wanted = now;
    }
  }
  if (wanted != now) static_cast<void>(poller_.watch(*this, descriptor_, wanted));
  // Either may end this socket.
  if (reader) reader->on_ready(readiness::readable, /*ok=*/true);
  if (writer) writer->on_ready(readiness::writable, /*ok=*/true);
}

void polled_socket::on_poller_end() {
  // Whoever waits may own this socket.
  auto const reader = std::move(reader_);
  auto const writer = std::move(writer_);
}

void polled_socket::shut_down_write() {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_WR);  // who is gone has heard it already
}

void polled_socket::close() {
  if (descriptor_ < 0) return;
  poller_.forget(*this, descriptor_);
  ::close(std::exchange(descriptor_, -1));
  if (reader_) tell_later_that_it_failed(readiness::readable, std::move(reader_));
  if (writer_) tell_later_that_it_failed(readiness::writable, std::move(writer_));
}

int polled_socket::release() {
  poller_.forget(*this, descriptor_);
  return std::exchange(descriptor_, -1);
}

void polled_socket::tell_later_that_it_failed(readiness what, user_ptr user) {
  try {
    asio::post(poller_.context(), [what, user] { user->on_ready(what, /*ok=*/false); });
  } catch (std::exception const&) {
    // No memory to tell it: the wait ends with the user's reference, as at the end of the context.
  }
}

}  // namespace waggle::net

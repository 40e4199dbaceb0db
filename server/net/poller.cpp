// SPDX-License-Identifier: Apache-2.0
#include "server/net/poller.hpp"

#include "server/core/load_ahead.hpp"
#include "server/runtime/clock.hpp"

#include <boost/system/system_error.hpp>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace waggle::net {
namespace {

constexpr std::size_t watchers_ahead = 4;  // that are loaded, then, half as far, what they need
constexpr std::size_t busy_events = 32;    // at once: there will be more
constexpr std::size_t events_per_turn_max = 1024;
constexpr std::chrono::milliseconds turn_max{8};  // then what was said goes out, whoever else waits

int make_set() {
  auto const set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw boost::system::system_error{errno, boost::system::system_category(), "epoll"};
  return set;
}

}  // namespace

poller::poller(asio::io_context& context)
    : service(context), context_(context), set_(context.get_executor(), make_set()) {
  // Without it nobody knows how far the core is behind, and all else is as it should be.
  mark_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event each_write{.events = EPOLLIN | EPOLLET, .data = {.ptr = this}};
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, mark_, &each_write);
}

poller::~poller() {
  if (mark_ >= 0) ::close(mark_);
}

bool poller::watch(poll_watcher& who, int descriptor, std::uint32_t events) {
  epoll_event wanted{.events = events, .data = {.ptr = &who}};
  auto const is_new = who.events_ == 0;
  auto const how = is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (::epoll_ctl(set_.native_handle(), how, descriptor, &wanted) != 0) return false;
  who.events_ = events;
  if (is_new) watchers_.push_back(who);
  wait();
  return true;
}

void poller::forget(poll_watcher& who, int descriptor) {
  if (who.events_ == 0) return;
  who.events_ = 0;
  watchers_.erase(watchers_.iterator_to(who));
  if (set_.is_open()) ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
  // What was told of it in this turn must not reach whoever has its memory next.
  for (auto at = told_; at < in_turn_; ++at) {
    if (turn_[at].data.ptr == &who) turn_[at].data.ptr = nullptr;
  }
  if (watchers_.empty() && waits_) set_.cancel();  // a context without work ends
}

void poller::wait() {
  if (waits_ || watchers_.empty()) return;
  waits_ = true;
  set_.async_wait(decltype(set_)::wait_read, [this](error_code const& error) {
    waits_ = false;
    if (!error) tell();
    wait();
  });
}

std::chrono::milliseconds poller::lag() const {
  return lag_.at(runtime::elapsed());
}

// Under load more has come by the time a batch is handled. It is taken into the same turn, so that
// what is written at its end carries more at once; a turn still ends.
void poller::tell() {
  telling_ = true;
  auto const end = runtime::elapsed() + turn_max;
  for (std::size_t total = 0; total < events_per_turn_max; total += in_turn_) {
    take_batch();
    for (told_ = 0; told_ < in_turn_;) {
      prefetch();
      auto const one = turn_[told_++];
      if (one.data.ptr != nullptr) static_cast<poll_watcher*>(one.data.ptr)->on_poll(one.events);
    }
    lag_.end();
    if (in_turn_ < busy_events || runtime::elapsed() >= end) break;
  }
  told_ = in_turn_ = 0;
  telling_ = false;
  if (turn_end_) turn_end_();
}

void poller::prefetch() const {
  auto const ahead = [&](std::size_t by) {
    return turn_[std::min(told_ + by, in_turn_ - 1)].data.ptr;
  };
  load_ahead(ahead(watchers_ahead));
  auto const* const next = ahead(watchers_ahead / 2);
  if (next != nullptr) static_cast<poll_watcher const*>(next)->prefetch();
}

void poller::take_batch() {
  auto const began = runtime::elapsed();
  auto const count = ::epoll_wait(set_.native_handle(), turn_.data(), events_at_once_max, 0);
  in_turn_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  auto marked = false;
  for (std::size_t at = 0; at < in_turn_; ++at) {
    if (turn_[at].data.ptr != this) continue;
    turn_[at].data.ptr = nullptr;
    marked = true;
  }
  if (lag_.begin(began, /*full=*/in_turn_ == turn_.size(), marked)) ::eventfd_write(mark_, 1);
}

void poller::shutdown() {
  while (!watchers_.empty()) {
    auto& one = watchers_.front();
    watchers_.pop_front();
    one.events_ = 0;
    one.on_poller_end();  // which may end it, and others
  }
  error_code ignored;
  set_.close(ignored);
}

}  // namespace waggle::net

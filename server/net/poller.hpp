// SPDX-License-Identifier: Apache-2.0
// The connections of one io_context in an epoll set of their own, which Asio watches as a single
// descriptor. A connection enters the set once and is told again and again, where a wait by Asio
// costs an epoll_ctl each time: two system calls per turn of the loop instead of one per message.
//
// One thread. A service of its io_context: asio::use_service<poller>(context).
#pragma once

#include "server/net/types.hpp"
#include "server/runtime/lag.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>
#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace waggle::net {

/// Who is told what happens at a descriptor. Leaves the set by forget() or, once the descriptor is
/// closed, by its own end.
class poll_watcher {
 public:
  poll_watcher() = default;
  poll_watcher(poll_watcher const&) = delete;
  poll_watcher& operator=(poll_watcher const&) = delete;

 protected:
  virtual ~poll_watcher() = default;

  /// @param events  EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP. Told again in each turn for as long as
  ///     they hold. Must not throw; may end this watcher and any other.
  virtual void on_poll(std::uint32_t events) = 0;
  /// It is about to be told: starts loading what it will look at, apart from this object.
  virtual void prefetch() const {}
  /// The io_context ends: whatever is kept for the time after a wait has to go.
  virtual void on_poller_end() = 0;

 private:
  friend class poller;
  boost::intrusive::list_member_hook<> place_;
  std::uint32_t events_ = 0;  // asked for; 0: not in the set
};

class poller final : public asio::execution_context::service {
 public:
  using key_type = poller;
  static inline asio::execution_context::id id;

  /// Made by asio::use_service().
  /// @throws boost::system::system_error if the kernel gives no epoll set.
  explicit poller(asio::io_context& context);
  ~poller() override;

  /// From now on `who` is told of `events` (EPOLLIN, EPOLLOUT, both) at the descriptor. May be
  /// called again with others. False if the kernel has no memory for it.
  [[nodiscard]] bool watch(poll_watcher& who, int descriptor, std::uint32_t events);
  /// Idempotent. Before the descriptor is closed.
  void forget(poll_watcher& who, int descriptor);
  /// What `who` is told of now; 0 after forget().
  [[nodiscard]] static std::uint32_t events_of(poll_watcher const& who) { return who.events_; }

  /// Called when everybody has been told in a turn, in the same handler.
  void at_turn_end(std::function<void()> action) { turn_end_ = std::move(action); }
  /// Between the first one told and the end of the turn.
  [[nodiscard]] bool telling() const { return telling_; }
  /// How long what the watchers are told now may have waited to be told.
  [[nodiscard]] std::chrono::milliseconds lag() const;

  [[nodiscard]] asio::io_context& context() { return context_; }

 private:
  static constexpr int events_at_once_max = 256;

  void shutdown() override;
  void wait();
  void tell();
  void prefetch() const;
  void take_batch();

  using watchers = boost::intrusive::list<
      poll_watcher, boost::intrusive::member_hook<
                        poll_watcher, boost::intrusive::list_member_hook<>, &poll_watcher::place_>>;

  asio::io_context& context_;
  asio::posix::basic_stream_descriptor<executor> set_;
  watchers watchers_;
  std::array<epoll_event, events_at_once_max> turn_{};  // what the kernel has told
  std::size_t told_ = 0;                                // of it, to the watchers
  std::size_t in_turn_ = 0;
  std::function<void()> turn_end_;
  bool waits_ = false;
  bool telling_ = false;
  int mark_ = -1;  // an event at the end of the kernel's queue, written to measure the wait there
  runtime::lag lag_;
};

}  // namespace waggle::net

// SPDX-License-Identifier: Apache-2.0
// Where a shard puts what it has to say. Delivered after its handler returns, never inside it, so
// that no session can re-enter the shard. Pure; one per core, reused from message to message.
#pragma once

#include "server/core/message.hpp"

#include <deque>
#include <span>
#include <vector>

namespace waggle {

class outbox {
 public:
  struct entry {
    // Makes `what` in place; an aggregate in parentheses is more than Clang 14 knows.
    template <class Message>  // of a session_message
    entry(session_ref receiver, Message const& message) : to(receiver), what(message) {}

    session_ref to;
    session_message what;
  };

  /// Queues `what`. Views inside must stay valid until clear() (payloads of the message that is
  /// being handled, or memory from hold()).
  template <class Message>  // of a session_message
  void send(session_ref to, Message const& what) {
    entries_.emplace_back(to, what);
  }

  /// Keeps `entries` until clear(); the span stays valid as long.
  [[nodiscard]] std::span<scrape_entry const> hold(std::vector<scrape_entry> entries) {
    return held_.emplace_back(std::move(entries));
  }
  [[nodiscard]] std::span<mesh::link_id const> hold(std::vector<mesh::link_id> links) {
    if (links.empty()) return {};
    return held_links_.emplace_back(std::move(links));
  }
  [[nodiscard]] std::span<mesh::seat_membership const> hold(
      std::vector<mesh::seat_membership> memberships) {
    return held_seats_.emplace_back(std::move(memberships));
  }

  /// In the order in which they were sent.
  [[nodiscard]] std::span<entry const> entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  void clear() {
    entries_.clear();
    held_.clear();
    held_links_.clear();
    held_seats_.clear();
  }

 private:
  std::vector<entry> entries_;
  std::deque<std::vector<scrape_entry>> held_;  // deques: spans survive growth
  std::deque<std::vector<mesh::link_id>> held_links_;
  std::deque<std::vector<mesh::seat_membership>> held_seats_;
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What waits for a shard whose core does not read its mail: of every membership the state that its
// connection said last, in place of all the messages that led there. Replaying them leaves the
// shard with the memberships and counts that all the messages would have left. Pure; one per
// destination core.
#pragma once

#include "server/core/membership_queue.hpp"
#include "server/core/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace waggle {

/// Bound: one entry for each membership that an open session of this core holds there, and one for
/// each that the destination has (or has unread) of a session that has ended meanwhile. Coming and
/// going does not add any: a join that nobody has posted yet vanishes together with its leave. An
/// entry takes 92 to 110 bytes.
class pending_states {
 public:
  enum class outcome : std::uint8_t {
    waits,     // as a state of its own
    merged,    // into the state of its membership that waited already
    vanished,  // together with the join that waited: the shard never heard of the membership
    refused,   // makes and ends no membership: nothing to remember
  };

  explicit pending_states(hash_seed const& seed) : waiting_(seed) {}

  /// Takes the membership's part of an announce; its offers are not looked at.
  outcome add(announce_message const& message);
  outcome add(leave_message const& message);
  outcome add(alive_message const& message);

  /// Whether an announce of this membership waits, so that the shard will have it anew.
  [[nodiscard]] bool announces(membership const& of) const;

  /// Takes out the state that has waited longest and calls `post(shard_message)` for each message
  /// (one to three) that brings the shard there. Of several announces one is left, and one reply.
  template <class Post>
  void take_oldest(Post post) {
    auto const [of, what] = waiting_.pop();
    if (what.ends_first) post(leave_message{of.at, of.swarm, of.peer});
    if (what.last == said::left) post(leave_message{of.at, of.swarm, of.peer});
    if (what.last == said::announced || what.last == said::stopped) {
      post(announce_of(of, what));
    }
    if (what.alive) post(alive_message{of.at, of.swarm, of.peer});
  }

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::uint32_t size() const { return waiting_.size(); }
  [[nodiscard]] std::size_t bytes() const { return waiting_.bytes(); }

 private:
  enum class said : std::uint8_t { nothing, announced, stopped, left };

  struct state {
    said last = said::nothing;
    bool may_exist = true;    // the shard may have the membership from before
    bool ends_first = false;  // that one was left; what was announced is another
    bool alive = false;
    bool passive = false;
    announce_event event = announce_event::update;
    completeness complete = completeness::unknown;
    std::chrono::milliseconds interval{};
  };

  outcome end(membership const& of, said how);
  static void merge(state& into, announce_message const& message);
  [[nodiscard]] static announce_message announce_of(membership const& of, state const& what);

  membership_queue<state> waiting_;
};

}  // namespace waggle

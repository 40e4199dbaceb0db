// SPDX-License-Identifier: Apache-2.0
// What a shard has to tell the sessions of a core that does not read its mail, other than replies
// and relays: which memberships aged out and which are contested; each once, however often a client
// makes the shard say it. Pure; one per destination core.
#pragma once

#include "server/core/membership_queue.hpp"
#include "server/core/message.hpp"

#include <cstddef>
#include <cstdint>

namespace waggle {

/// Bound: one entry for each membership that this core's shard holds, or held when its core stopped
/// reading, of sessions there.
class pending_notices {
 public:
  explicit pending_notices(hash_seed const& seed) : waiting_(seed) {}

  /// @return whether it waits on its own; false: one of its membership waited already.
  bool add(session_ref to, probe_message const& what) {
    auto const [which, added] = find_or_add({to, what.swarm, what.peer});
    waiting_[which].probed = true;
    return added;
  }
  /// A membership that is over is contested no more.
  bool add(session_ref to, expiry_message const& what) {
    auto const [which, added] = find_or_add({to, what.swarm, what.peer});
    waiting_[which] = {.expired = true};
    return added;
  }

  /// Takes out the oldest and calls `post(session_ref, session_message)` once or twice. A probe
  /// that waits beside an expiry is of the membership that came after it.
  template <class Post>
  void take_oldest(Post post) {
    auto const [of, what] = waiting_.pop();
    if (what.expired) post(of.at, expiry_message{of.swarm, of.peer});
    if (what.probed) post(of.at, probe_message{of.swarm, of.peer});
  }

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::uint32_t size() const { return waiting_.size(); }
  [[nodiscard]] std::size_t bytes() const { return waiting_.bytes(); }

 private:
  struct state {
    bool expired = false;
    bool probed = false;
  };
  struct place {
    slot which;
    bool added;
  };

  place find_or_add(membership const& of) {
    auto const found = waiting_.find(of);
    if (found != no_slot) return {found, false};
    return {waiting_.push(of, {}), true};
  }

  membership_queue<state> waiting_;
};

}  // namespace waggle

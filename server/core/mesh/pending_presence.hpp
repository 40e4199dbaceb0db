// SPDX-License-Identifier: Apache-2.0
// What a mesh has to hear of native peers once its core reads its mail again: who has left, who is
// away, who is back. One entry a peer and swarm, whatever happened meanwhile. Pure; one per
// destination core.
#pragma once

#include "server/core/membership_queue.hpp"
#include "server/core/message.hpp"

#include <cstddef>
#include <cstdint>

namespace waggle::mesh {

/// Bound: one entry for each membership that the mesh has of sessions of this core. A join is never
/// kept here, so that coming and going adds none.
class pending_presence {
 public:
  explicit pending_presence(hash_seed const& seed) : waiting_(seed) {}

  /// @return whether it waits on its own; false: something of its membership waited already.
  bool add(leave const& what) {
    return put(what.swarm, what.peer, what.from, what.from,
               {.last = word::left, .session_over = what.session_over});
  }
  bool add(away const& what) {
    return put(what.swarm, what.peer, what.from, what.from, {.last = word::away});
  }
  bool add(resume const& what) {
    return put(what.swarm, what.peer, what.was, what.from, {.last = word::back});
  }

  /// Takes out the oldest and calls `post(shard_message)` once or twice.
  template <class Post>
  void take_oldest(Post post) {
    auto const [of, what] = waiting_.pop();
    if (what.last == word::left) {
      return post(leave{what.known, of.swarm, of.peer, what.session_over});
    }
    if (what.known != what.at) post(resume{what.at, what.known, of.swarm, of.peer});
    if (what.last == word::away) post(away{what.at, of.swarm, of.peer});
  }

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::uint32_t size() const { return waiting_.size(); }
  [[nodiscard]] std::size_t bytes() const { return waiting_.bytes(); }

 private:
  enum class word : std::uint8_t { left, away, back };
  struct state {
    word last = word::left;
    bool session_over = false;
    session_ref known{};  // as the mesh has it
    session_ref at{};
  };

  bool put(swarm_id const& swarm, peer_id const& peer, session_ref known, session_ref at,
           state what) {
    membership const of{.at = {}, .swarm = swarm, .peer = peer};
    what.known = known;
    what.at = at;
    auto const found = waiting_.find(of);
    if (found == no_slot) {
      waiting_.push(of, what);
      return true;
    }
    what.known = waiting_[found].known;
    waiting_[found] = what;
    return false;
  }

  membership_queue<state> waiting_;
};

}  // namespace waggle::mesh

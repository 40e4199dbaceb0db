// SPDX-License-Identifier: Apache-2.0
// The way from one core to another as the sending core sees it: the batch of this turn, and what
// waits here while the other core does not read its mail. Pure; owned by the sending core_loop.
#pragma once

#include "server/core/mesh/pending_presence.hpp"
#include "server/core/pending_notices.hpp"
#include "server/core/pending_states.hpp"
#include "server/core_mail.hpp"
#include "server/metrics/counters.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace waggle {

struct mailbox_limits {
  std::size_t relay_bytes_max = 8 * 1024 * 1024;  // waiting at one core; past it relays are shed
};

/// Closed while more than relay_bytes_max waits at the other core, and from then on until no more
/// than half of that waits there and nothing waits here any more. What happens to each kind of
/// message meanwhile, and why that is bounded, is in
/// docs/decisions/0005-a-core-that-does-not-read.md.
class core_link {
 public:
  /// @param senders  cores that may send to the other one, this one among them.
  core_link(mailbox_limits const& limits, hash_seed const& seed, std::size_t senders)
      : bytes_max_(limits.relay_bytes_max),
        slice_bytes_(limits.relay_bytes_max / 2 / std::max<std::size_t>(senders, 1)),
        states_(seed),
        notices_(seed),
        presence_(seed) {}

  /// Takes a message for the shard of the other core.
  /// @return false: the link is closed. The message waits, or is shed and counted; a scrape needs
  /// an answer from here. Whoever sent it should send no more for now.
  [[nodiscard]] bool send(shard_message const& what, core_counters& counters);

  /// Takes a message for a session of the other core.
  void deliver(session_ref to, session_message const& what, core_counters& counters);

  [[nodiscard]] bool has_mail() const { return batch_ != nullptr; }
  /// What is to be posted now; tell posted() how much waits at the other core afterwards.
  [[nodiscard]] mail take_mail() { return std::exchange(batch_, nullptr); }
  void posted(std::size_t waiting_bytes) {
    if (waiting_bytes > bytes_max_) congested_ = true;
  }

  /// So much waits at the other core now. If that is little, a slice of what waits here becomes
  /// mail, small enough for all senders together to stay within the bound.
  void look(std::size_t waiting_bytes);

  [[nodiscard]] bool closed() const { return congested_ || pending() != 0; }
  [[nodiscard]] pending_states const& states() const { return states_; }
  [[nodiscard]] std::size_t pending() const {
    return std::size_t{states_.size()} + notices_.size() + presence_.size();
  }
  [[nodiscard]] std::size_t pending_bytes() const {
    return states_.bytes() + notices_.bytes() + presence_.bytes();
  }

 private:
  [[nodiscard]] bool closes();
  [[nodiscard]] mail_batch& batch();
  void keep(shard_message const& what, core_counters& counters);

  std::size_t bytes_max_;
  std::size_t slice_bytes_;
  bool congested_ = false;
  mail batch_;  // null: nothing for it in this turn; at most bytes_max_ and one message
  pending_states states_;
  pending_notices notices_;
  mesh::pending_presence presence_;
};

}  // namespace waggle

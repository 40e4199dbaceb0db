// SPDX-License-Identifier: Apache-2.0
// Messages on their way to another core: a batch owns copies of all bytes that its messages point
// at, so that it can be handed to another thread as a whole. Pure; one thread at a time.
#pragma once

#include "server/core/message.hpp"
#include "server/runtime/byte_arena.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <variant>
#include <vector>

namespace waggle {

/// To a session of the receiving core.
struct delivery {
  session_ref to;
  session_message what;
};

/// To the receiving core: for its shard, or for one of its sessions.
using letter = std::variant<shard_message, delivery>;

class mail_batch {
 public:
  /// Copies the message and the bytes its views show. With `relays` false its offers or answer stay
  /// behind and only what must not be lost is taken.
  void add(shard_message const& what, bool relays);
  void add(session_ref to, session_message const& what);

  [[nodiscard]] std::span<letter const> letters() const { return letters_; }
  [[nodiscard]] bool empty() const { return letters_.empty(); }
  /// What the batch keeps in memory, roughly.
  [[nodiscard]] std::size_t bytes() const {
    return letters_.size() * sizeof(letter) + arena_.bytes();
  }
  /// Offers and answers inside.
  [[nodiscard]] std::size_t relays() const { return relays_; }

 private:
  [[nodiscard]] payload kept(payload const& what) { return {arena_.copy(what.json)}; }

  std::vector<letter> letters_;
  runtime::byte_arena arena_;
  std::size_t relays_ = 0;
};

using mail = std::unique_ptr<mail_batch>;

/// Offers and answers that a message carries: what may be shed.
[[nodiscard]] std::size_t relays_in(shard_message const& what);
[[nodiscard]] std::size_t relays_in(session_message const& what);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Things that wait, at most one per membership: first come, first served, and found by membership.
// Pure; owned by whoever makes others wait.
#pragma once

#include "server/core/keyed_hash.hpp"
#include "server/core/membership.hpp"
#include "server/core/slab.hpp"
#include "server/core/slot_index.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace waggle {

template <class State>
class membership_queue {
 public:
  explicit membership_queue(hash_seed const& seed) : seed_(seed) {}
  membership_queue(membership_queue&&) = default;
  membership_queue& operator=(membership_queue&&) = default;

  /// no_slot: nothing waits of this membership.
  [[nodiscard]] slot find(membership const& of) const {
    return by_membership_.find(hash_of(of), [&](slot which) { return entries_[which].of == of; });
  }

  /// Adds behind all others; the caller knows that the membership is not there yet.
  slot push(membership const& of, State state) {
    auto const added = entries_.insert({.of = of, .state = std::move(state)});
    by_membership_.insert(hash_of(of), added);
    append(added);
    return added;
  }

  void erase(slot which) {
    by_membership_.erase(hash_of(entries_[which].of), which);
    detach(which);
    entries_.erase(which);
  }

  /// Lets all others go first.
  void move_to_end(slot which) {
    detach(which);
    append(which);
  }

  [[nodiscard]] State& operator[](slot which) { return entries_[which].state; }
  [[nodiscard]] State const& operator[](slot which) const { return entries_[which].state; }

  /// Takes out what has waited longest; the queue is not empty.
  [[nodiscard]] std::pair<membership, State> pop() {
    std::pair<membership, State> result{entries_[oldest_].of, std::move(entries_[oldest_].state)};
    erase(oldest_);
    return result;
  }

  [[nodiscard]] bool empty() const { return entries_.size() == 0; }
  [[nodiscard]] std::uint32_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return entries_.bytes() + by_membership_.bytes(); }

 private:
  struct entry {
    membership of;
    State state{};
    slot older = no_slot;
    slot newer = no_slot;
  };

  [[nodiscard]] std::uint64_t hash_of(membership const& of) const {
    return key_digest(seed_).add(of.swarm).add(of.at).add(of.peer).finish();
  }

  void append(slot which) {
    entries_[which].older = newest_;
    entries_[which].newer = no_slot;
    (newest_ == no_slot ? oldest_ : entries_[newest_].newer) = which;
    newest_ = which;
  }

  void detach(slot which) {
    auto const older = entries_[which].older;
    auto const newer = entries_[which].newer;
    (older == no_slot ? oldest_ : entries_[older].newer) = newer;
    (newer == no_slot ? newest_ : entries_[newer].older) = older;
  }

  hash_seed seed_;
  slab<entry> entries_;
  slot_index by_membership_;
  slot oldest_ = no_slot;
  slot newest_ = no_slot;
};

}  // namespace waggle

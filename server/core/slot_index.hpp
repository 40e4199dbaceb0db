// SPDX-License-Identifier: Apache-2.0
// Finds the slot of an object by the hash of its key; the key itself stays in the object. Eight
// bytes an entry where a map with the key inside would take forty to seventy. Pure.
#pragma once

#include "server/core/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace waggle {

/// Open addressing, linear probing, no tombstones. Give it hashes from keyed_hash.hpp.
class slot_index {
 public:
  /// The slot for which `is_key(slot)` holds among those with this hash, or no_slot.
  template <class Predicate>
  [[nodiscard]] slot find(std::uint64_t hash, Predicate is_key) const {
    if (cells_.empty()) return no_slot;
    auto const wanted = shorten(hash);
    for (auto at = wanted & mask();; at = (at + 1) & mask()) {
      auto const& seen = cells_[at];
      if (seen.which == no_slot) return no_slot;
      if (seen.hash == wanted && is_key(seen.which)) return seen.which;
    }
  }

  /// Adds; the caller knows that the key is not there yet.
  void insert(std::uint64_t hash, slot which);

  /// Removes an entry that is there.
  void erase(std::uint64_t hash, slot which);

  /// Lets an entry that is there point to another object of the same key.
  void replace(std::uint64_t hash, slot before, slot after);

  /// Calls `visit(slot)` in no particular order until it returns false.
  template <class Visitor>
  void visit_while(Visitor visit) const {
    for (auto const& seen : cells_) {
      if (seen.which != no_slot && !visit(seen.which)) return;
    }
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return cells_.capacity() * sizeof(cell); }

 private:
  struct cell {
    std::uint32_t hash = 0;
    slot which = no_slot;
  };

  static std::uint32_t shorten(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
  }

  [[nodiscard]] std::uint32_t mask() const { return static_cast<std::uint32_t>(cells_.size() - 1); }
  [[nodiscard]] std::uint32_t position_of(std::uint64_t hash, slot which) const;
  void place(cell const& added);
  void resize(std::size_t size);

  std::vector<cell> cells_;  // a power of two, or empty; at most three quarters full
  std::uint32_t size_ = 0;
};

}  // namespace waggle

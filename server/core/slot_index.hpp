// SPDX-License-Identifier: Apache-2.0
// Finds the slot of an object by the hash of its key; the key itself stays in the object. Eight
// bytes an entry where a map with the key inside would take forty to seventy. Pure.
//
// Extendible hashing: the first bits of a hash name a segment, a small open-addressed table of its
// own. Growing splits one segment, so that no insert pays for a million others: on the way to four
// million entries the longest took 47 ms and more when the table was one piece.
#pragma once

#include "server/core/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace waggle {

/// Linear probing, no tombstones. Give it hashes from keyed_hash.hpp.
class slot_index {
 public:
  static constexpr std::uint32_t segment_cells = 4096;  // bounds the work of an insert: 32 KiB

  /// The slot for which `is_key(slot)` holds among those with this hash, or no_slot.
  template <class Predicate>
  [[nodiscard]] slot find(std::uint64_t hash, Predicate is_key) const {
    if (directory_.empty()) return no_slot;
    auto const wanted = shorten(hash);
    auto const* const cells = directory_[segment_of(wanted)];
    for (auto at = wanted & mask();; at = (at + 1) & mask()) {
      auto const& seen = cells[at];
      if (seen.which == no_slot) return no_slot;
      if (seen.hash == wanted && is_key(seen.which)) return seen.which;
    }
  }

  /// Starts loading what find() will look at first.
  void prefetch(std::uint64_t hash) const {
    if (directory_.empty()) return;
    auto const wanted = shorten(hash);
    __builtin_prefetch(directory_[segment_of(wanted)] + (wanted & mask()));
  }

  /// Most likely what find() will return; nothing else is looked at.
  [[nodiscard]] slot guess(std::uint64_t hash) const {
    return find(hash, [](slot) { return true; });
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
    for (auto const& each : segments_) {
      for (std::uint32_t at = 0; each.cells && at < capacity_; ++at) {
        if (each.cells[at].which != no_slot && !visit(each.cells[at].which)) return;
      }
    }
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const {
    return std::size_t{segments_in_use_} * capacity_ * sizeof(cell) +
           directory_.capacity() * sizeof(cell*) + segments_.capacity() * sizeof(segment);
  }

 private:
  struct cell {
    std::uint32_t hash = 0;
    slot which = no_slot;
  };

  /// One for each place of the directory. A segment whose hashes have fewer bits in common than the
  /// directory looks at fills several places: the first of them owns it, the others know its depth.
  struct segment {
    std::unique_ptr<cell[]> cells;
    std::uint32_t size = 0;
    std::uint32_t depth = 0;  // first bits that its hashes have in common
  };

  static std::uint32_t shorten(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
  }

  [[nodiscard]] std::uint32_t mask() const { return capacity_ - 1; }
  [[nodiscard]] std::uint32_t segment_of(std::uint32_t shortened) const {
    return static_cast<std::uint32_t>(std::uint64_t{shortened} >> (32 - depth_));
  }
  [[nodiscard]] std::uint32_t places(segment const& of) const { return 1U << (depth_ - of.depth); }
  [[nodiscard]] std::uint32_t owner_of(std::uint32_t shortened) const {
    auto const at = segment_of(shortened);
    return at & ~(places(segments_[at]) - 1);
  }
  [[nodiscard]] bool is_full(segment const& of) const { return (of.size + 1) * 4 > capacity_ * 3; }
  [[nodiscard]] cell* find_cell(cell* cells, std::uint64_t hash, slot which) const;
  void place(cell* cells, cell const& added) const;
  void start();
  void make_room(std::uint32_t at);
  void split(std::uint32_t at);
  void merge(std::uint32_t at);
  void resize_segments(std::uint32_t capacity);
  void double_directory();
  void halve_directory();
  void fill_places(std::uint32_t owner);

  std::vector<cell*> directory_;  // by the first depth_ bits of a hash: the cells of its segment
  std::vector<segment> segments_;
  std::uint32_t depth_ = 0;
  std::uint32_t capacity_ = 0;         // cells of each segment: a power of two, or 0
  std::uint32_t segments_in_use_ = 0;  // those with cells
  std::uint32_t deepest_ = 0;          // segments that fill one place only
  std::uint32_t size_ = 0;
};

}  // namespace waggle

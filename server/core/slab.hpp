// SPDX-License-Identifier: Apache-2.0
// Objects at stable 32-bit slots, in chunks that are returned when empty. Slots instead of pointers
// halve the links between memberships, routes and swarms; chunks mean that growth never copies what
// is there, so no message pays for a reallocation of a million members. Pure.
#pragma once

#include "server/core/load_ahead.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace waggle {

using slot = std::uint32_t;
inline constexpr slot no_slot = 0xffff'ffff;

/// `T` is default-constructible and move-assignable. A new object takes the lowest chunk that has
/// room, so that after a peak the high chunks drain and go back to the allocator.
template <class T>
class slab {
 public:
  static constexpr std::uint32_t chunk_items = 256;

  [[nodiscard]] slot insert(T value) {
    auto const at = chunk_with_room();
    auto& home = *chunks_[at];
    auto const item = home.free[--home.free_count];
    if (home.free_count == 0) set_room(at, /*room=*/false);
    home.items[item] = std::move(value);
    ++size_;
    return at * chunk_items + item;
  }

  void erase(slot which) {
    auto const at = which / chunk_items;
    auto& home = *chunks_[at];
    auto const item = which % chunk_items;
    home.items[item] = T{};
    home.free[home.free_count++] = static_cast<std::uint8_t>(item);
    --size_;
    set_room(at, /*room=*/true);
    if (home.free_count == chunk_items) release(at);
  }

  [[nodiscard]] T& operator[](slot which) {
    return chunks_[which / chunk_items]->items[which % chunk_items];
  }
  [[nodiscard]] T const& operator[](slot which) const {
    return chunks_[which / chunk_items]->items[which % chunk_items];
  }

  /// All slots are below this; for whoever walks them.
  [[nodiscard]] slot slots() const { return static_cast<slot>(chunks_.size()) * chunk_items; }
  /// An object, or a default one where there is none; null at the first slot of a chunk that is not
  /// there.
  [[nodiscard]] T* find(slot which) {
    auto& home = chunks_[which / chunk_items];
    return home ? &home->items[which % chunk_items] : nullptr;
  }
  [[nodiscard]] T const* find(slot which) const {
    auto const& home = chunks_[which / chunk_items];
    return home ? &home->items[which % chunk_items] : nullptr;
  }

  /// Starts loading an object.
  void prefetch(slot which) const { load_ahead(&(*this)[which], sizeof(T)); }

  /// Calls `visit(T const&)` for the next `slots_max` slots from `from` on; one that is free holds
  /// what `T{}` makes. Walked so from 0 on, with changes in between, an object that is there all
  /// the while is visited once.
  /// @return where to go on; nothing: that was all.
  template <class Visit>
  [[nodiscard]] std::optional<slot> for_some(slot from, std::uint32_t slots_max,
                                             Visit&& visit) const {
    auto const all = std::uint64_t{chunks_.size()} * chunk_items;
    auto const end = std::min(std::uint64_t{from} + slots_max, all);
    for (std::uint64_t at = from; at < end;) {
      auto const& home = chunks_[at / chunk_items];
      auto const stop = std::min(end, (at / chunk_items + 1) * chunk_items);
      for (; home && at < stop; ++at) visit(home->items[at % chunk_items]);
      at = stop;
    }
    if (end == all) return std::nullopt;
    return static_cast<slot>(end);
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return chunks_in_use_ * sizeof(chunk); }

 private:
  static_assert(chunk_items == 256, "a free item is one byte");

  struct chunk {
    chunk() {
      for (std::uint32_t i = 0; i < chunk_items; ++i) {
        free[i] = static_cast<std::uint8_t>(chunk_items - 1 - i);  // the lowest is taken first
      }
    }
    std::array<T, chunk_items> items{};
    std::array<std::uint8_t, chunk_items> free{};  // a stack of free items
    std::uint32_t free_count = chunk_items;
  };

  std::uint32_t chunk_with_room() {
    for (; lowest_word_ < room_.size(); ++lowest_word_) {
      if (room_[lowest_word_] == 0) continue;
      auto const bit = static_cast<std::uint32_t>(std::countr_zero(room_[lowest_word_]));
      auto const at = lowest_word_ * 64 + bit;
      if (at == chunks_.size()) chunks_.emplace_back();
      if (!chunks_[at]) {
        chunks_[at] = std::make_unique<chunk>();
        ++chunks_in_use_;
      }
      return at;
    }
    room_.push_back(~std::uint64_t{0});  // 64 chunks not yet allocated
    return chunk_with_room();
  }

  void set_room(std::uint32_t at, bool room) {
    auto const word = at / 64;
    auto const bit = std::uint64_t{1} << at % 64;
    room_[word] = room ? room_[word] | bit : room_[word] & ~bit;
    if (room) lowest_word_ = std::min(lowest_word_, word);
  }

  void release(std::uint32_t at) {
    // The lowest chunk stays, so that one object coming and going does not allocate every time.
    if (at == 0) return;
    chunks_[at].reset();
    --chunks_in_use_;
    while (!chunks_.empty() && !chunks_.back()) chunks_.pop_back();
  }

  std::vector<std::unique_ptr<chunk>> chunks_;  // null: returned to the allocator
  std::vector<std::uint64_t> room_;  // a bit per chunk with a free item, or not allocated
  std::uint32_t lowest_word_ = 0;    // no word below it has a bit
  std::uint32_t size_ = 0;
  std::size_t chunks_in_use_ = 0;
};

}  // namespace waggle

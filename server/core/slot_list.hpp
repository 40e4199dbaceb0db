// SPDX-License-Identifier: Apache-2.0
// The slots of a swarm's members: dense, so that a random pick is an index. Two need no memory of
// their own, since most swarms are that small; a million are kept in blocks, so that no join copies
// them all. Pure.
#pragma once

#include "server/core/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace waggle {

class slot_list {
 public:
  slot_list() = default;
  slot_list(slot_list&& from) noexcept;
  slot_list& operator=(slot_list&& from) noexcept;
  slot_list(slot_list const&) = delete;
  slot_list& operator=(slot_list const&) = delete;
  ~slot_list();

  /// O(1), and never copies more than block_slots, or a pointer for each block.
  void push_back(slot added);
  void pop_back();

  [[nodiscard]] slot operator[](std::uint32_t at) const { return *place(at); }
  [[nodiscard]] slot& operator[](std::uint32_t at) { return *place(at); }
  [[nodiscard]] slot back() const { return *place(size_ - 1); }

  /// Starts loading an element.
  void prefetch(std::uint32_t at) const { __builtin_prefetch(place(at)); }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t bytes() const;  // on the heap

 private:
  static constexpr std::uint32_t few_slots = 2;
  static constexpr std::uint32_t block_slots = 1024;

  using blocks = std::vector<std::unique_ptr<slot[]>>;

  [[nodiscard]] slot const* place(std::uint32_t at) const {
    if (capacity_ == few_slots) return few_ + at;
    if (capacity_ <= block_slots) return block_ + at;
    return (*blocks_)[at / block_slots].get() + at % block_slots;
  }
  [[nodiscard]] slot* place(std::uint32_t at) {
    return const_cast<slot*>(static_cast<slot_list const*>(this)->place(at));
  }
  void resize_block(std::uint32_t capacity);
  void add_block();
  void drop_block();
  void free_all();

  union {
    slot few_[few_slots] = {};  // while capacity_ is few_slots
    slot* block_;               // up to block_slots
    blocks* blocks_;            // beyond
  };
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = few_slots;
};
static_assert(sizeof(slot_list) == 16, "part of every swarm");

}  // namespace waggle

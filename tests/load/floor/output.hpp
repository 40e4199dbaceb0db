// SPDX-License-Identifier: Apache-2.0
// The floor's bytes that wait: for the end of a loop turn, or for the rest of a frame. The memory
// goes from connection to connection, the last one freed first, since that one is in the cache.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::floor {

class byte_queue {
 public:
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::string_view bytes() const { return {memory_.get() + begin_, end_ - begin_}; }

  /// Room for `count` more bytes behind the last one; they are to be written at once.
  char* grow(std::size_t count) {
    if (capacity_ - end_ < count) make_room(count);
    auto* const at = memory_.get() + end_;
    end_ += count;
    return at;
  }

  void append(std::string_view text) { std::memcpy(grow(text.size()), text.data(), text.size()); }

  void drop_front(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) give_back();
  }

 private:
  struct block {
    std::unique_ptr<char[]> memory;
    std::size_t capacity = 0;
  };

  static std::vector<block>& spares() {
    static std::vector<block> all;
    return all;
  }

  void make_room(std::size_t count) {
    auto const size = end_ - begin_;
    if (memory_ == nullptr && !spares().empty()) {
      memory_ = std::move(spares().back().memory);
      capacity_ = spares().back().capacity;
      spares().pop_back();
      if (capacity_ >= count) return;
    }
    auto const capacity = (size + count) * 2 < 8192 ? 8192 : (size + count) * 2;
    std::unique_ptr<char[]> larger{new char[capacity]};
    if (size != 0) std::memcpy(larger.get(), memory_.get() + begin_, size);
    memory_ = std::move(larger);
    capacity_ = capacity;
    begin_ = 0;
    end_ = size;
  }

  void give_back() {
    if (memory_ != nullptr) spares().push_back({std::move(memory_), capacity_});
    begin_ = end_ = capacity_ = 0;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

/// Writes the head of a text frame, unmasked and final, and returns the room for its payload.
inline char* grow_frame(byte_queue& to, unsigned opcode, std::size_t size) {
  auto const head = size < 126 ? 2U : size < 65536 ? 4U : 10U;
  auto* const at = to.grow(head + size);
  at[0] = static_cast<char>(0x80U | opcode);
  at[1] = static_cast<char>(head == 2 ? size : head == 4 ? 126U : 127U);
  for (auto n = 2U; n < head; ++n) {
    at[n] = static_cast<char>(size >> (8 * (head - 1 - n)));
  }
  return at + head;
}

}  // namespace waggle::floor

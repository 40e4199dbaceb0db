// SPDX-License-Identifier: Apache-2.0
// Keeps copies of many short-lived byte strings at stable addresses and frees them all at once.
// Knows nothing of the domain. Not thread-safe: it is handed over as a whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace waggle::runtime {

class byte_arena {
 public:
  /// A copy of `text` that lives as long as the arena.
  [[nodiscard]] std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    auto* const place = allocate(text.size(), 1);
    std::memcpy(place, text.data(), text.size());
    return {static_cast<char const*>(place), text.size()};
  }

  /// A copy of `items` that lives as long as the arena; the items may be changed in place.
  template <class T>
  [[nodiscard]] std::span<T> copy(std::span<T const> items) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    auto* const place = allocate(items.size_bytes(), alignof(T));
    std::memcpy(place, items.data(), items.size_bytes());
    return {static_cast<T*>(place), items.size()};
  }

  /// Bytes handed out so far.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t chunk_bytes = 16 * 1024;

  void* allocate(std::size_t bytes, std::size_t alignment) {
    used_ = (used_ + alignment - 1) / alignment * alignment;
    if (chunks_.empty() || used_ + bytes > capacity_) {
      capacity_ = std::max(chunk_bytes, bytes);
      chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(capacity_));
      used_ = 0;
    }
    auto* const place = chunks_.back().get() + used_;
    used_ += bytes;
    bytes_ += bytes;
    return place;
  }

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t capacity_ = 0;  // of the last chunk
  std::size_t used_ = 0;      // of the last chunk
  std::size_t bytes_ = 0;
};

}  // namespace waggle::runtime

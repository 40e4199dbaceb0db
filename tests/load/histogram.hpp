// SPDX-License-Identifier: Apache-2.0
// How long things took, in buckets of at most 3 % width: one process writes, another may read.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace waggle::load {

/// Written by one thread of one process; lives in memory that others read.
class shared_count {
 public:
  void add(std::uint64_t more = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
  void raise_to(std::uint64_t least) {
    value_.store(std::max(get(), least), std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class histogram {
 public:
  static constexpr std::size_t bits = 5;  // 32 buckets for each power of two
  static constexpr std::size_t buckets = (40 - bits) << bits;

  void add(std::uint64_t microseconds) {
    counts_[bucket_of(microseconds)].add();
    max_.raise_to(microseconds);
  }

  static std::size_t bucket_of(std::uint64_t value) {
    constexpr std::uint64_t linear = 1U << (bits + 1);
    if (value < linear) return value;
    std::size_t const exponent = std::bit_width(value) - 1;
    auto const at = ((exponent - bits) << bits) + (value >> (exponent - bits));
    return std::min(at, buckets - 1);
  }
  /// The largest value of a bucket.
  static std::uint64_t bound_of(std::size_t bucket) {
    constexpr std::size_t linear = 1U << (bits + 1);
    if (bucket < linear) return bucket;
    auto const shift = (bucket >> bits) - 1;
    auto const mantissa = (bucket & ((1U << bits) - 1)) + (1U << bits);
    return ((mantissa + 1) << shift) - 1;
  }

  [[nodiscard]] std::uint64_t count(std::size_t bucket) const { return counts_[bucket].get(); }
  [[nodiscard]] std::uint64_t max() const { return max_.get(); }

 private:
  std::array<shared_count, buckets> counts_{};
  shared_count max_;
};

}  // namespace waggle::load

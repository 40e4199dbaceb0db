// SPDX-License-Identifier: Apache-2.0
// When to give memory back to the system: the allocator keeps what thousands of connections held,
// scattered between what is still in use. Pure policy and one call. Knows nothing of the domain.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstddef>

namespace waggle::runtime {

class heap_trim {
 public:
  /// Looked at now and then.
  /// @param holders   how many there are of whatever occupies the heap.
  /// @param resident  bytes of the process.
  /// @return whether less than half is left of the most there was since the last time, or the
  ///   process has grown by a quarter since then: queues that shrink and grow side by side leave
  ///   holes that none of them fits into. One that grows for good is trimmed a few times on its
  ///   way.
  [[nodiscard]] bool due(std::size_t holders, std::size_t resident) {
    most_ = std::max(most_, holders);
    lean_ = trimmed_ ? resident : std::min(lean_, resident);
    auto const fewer = most_ >= worth_it && holders < most_ / 2;
    auto const swollen = resident > lean_ + lean_ / 4 + worth_it_bytes;
    trimmed_ = fewer || swollen;
    if (trimmed_) most_ = holders;
    return trimmed_;
  }

  /// Gives every free page back. Other threads wait for memory meanwhile: a few milliseconds.
  static void run() { ::malloc_trim(0); }

 private:
  static constexpr std::size_t worth_it = 1'000;
  static constexpr std::size_t worth_it_bytes = 4U << 20U;

  bool trimmed_ = true;  // when last looked at
  std::size_t most_ = 0;
  std::size_t lean_ = 0;  // the least since it was trimmed, resident
};

}  // namespace waggle::runtime

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
  /// Looked at now and then with the number of whatever occupies the heap.
  /// @return whether less than half is left of the most there was since the last time.
  [[nodiscard]] bool due(std::size_t holders) {
    most_ = std::max(most_, holders);
    if (most_ < worth_it || holders >= most_ / 2) return false;
    most_ = holders;
    return true;
  }

  /// Gives every free page back. Other threads wait for memory meanwhile: a few milliseconds.
  static void run() { ::malloc_trim(0); }

 private:
  static constexpr std::size_t worth_it = 1'000;

  std::size_t most_ = 0;
};

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// Asking for memory before it is needed: what thousands of clients own has left the cache by the
// time one of them is looked at, and waits for several can pass at once.
#pragma once

#include <cstddef>

namespace waggle::runtime {

inline constexpr std::size_t cache_line_bytes = 64;

/// Starts loading; never faults, whatever is there.
inline void prefetch(void const* begin, std::size_t bytes = 1) {
  auto const* const at = static_cast<char const*>(begin);
  for (std::size_t from = 0; from < bytes; from += cache_line_bytes) __builtin_prefetch(at + from);
}

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// Asking for memory before it is needed: what thousands of clients own has left the cache by the
// time one of them is looked at, and waits for several can pass at once. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace waggle {

/// Starts loading the cache lines of `bytes` bytes; never faults, whatever is there.
inline void load_ahead(void const* begin, std::size_t bytes = 1) {
  constexpr std::uintptr_t line = 64;
  if (begin == nullptr) return;
  auto const* const first = static_cast<char const*>(begin);
  auto const* at = first - reinterpret_cast<std::uintptr_t>(begin) % line;
  for (; at < first + bytes; at += line) __builtin_prefetch(at);
}

}  // namespace waggle

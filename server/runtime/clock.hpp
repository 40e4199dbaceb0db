// SPDX-License-Identifier: Apache-2.0
// The clock of the cores. Who does I/O reads it and hands it down as a value: the pure layers never
// ask for the time themselves.
#pragma once

#include <chrono>

namespace waggle::runtime {

/// Milliseconds since the process started, monotonic. Any thread.
[[nodiscard]] inline std::chrono::milliseconds elapsed() {
  static auto const start = std::chrono::steady_clock::now();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// The clock of the cores. Who does I/O reads it and hands it down as a value: the pure layers never
// ask for the time themselves.
#pragma once

#include <time.h>

#include <chrono>

namespace waggle::runtime {

/// The time of the kernel's last tick, which is a few nanoseconds to read, and up to 10 ms ago:
/// nothing here has a deadline shorter than that.
[[nodiscard]] inline std::chrono::milliseconds coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec});
}

/// Milliseconds since the process started, monotonic. Any thread.
[[nodiscard]] inline std::chrono::milliseconds elapsed() {
  static auto const start = coarse_now();
  return coarse_now() - start;
}

/// User and system time that the calling thread has used, in seconds.
[[nodiscard]] inline double thread_cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::duration<double>(std::chrono::seconds{used.tv_sec} +
                                       std::chrono::nanoseconds{used.tv_nsec})
      .count();
}

}  // namespace waggle::runtime

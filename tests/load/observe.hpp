// SPDX-License-Identifier: Apache-2.0
// What /proc says of another process.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace waggle::load {

struct observation {
  double user_seconds = 0;
  double system_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t anonymous_bytes = 0;  // of it: heap and stacks
};

/// All zero if there is no such process.
[[nodiscard]] observation observe(pid_t process);

}  // namespace waggle::load

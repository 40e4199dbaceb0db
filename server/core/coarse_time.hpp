// SPDX-License-Identifier: Apache-2.0
// Core time in steps of 250 ms: deadlines of minutes need no more, and four bytes instead of eight
// in every membership and route are worth the rounding. Good for 34 years of uptime. Pure.
#pragma once

#include "server/core/message.hpp"

#include <chrono>
#include <cstdint>
#include <ratio>

namespace waggle {

using coarse_time = std::chrono::duration<std::uint32_t, std::ratio<1, 4>>;

/// For "now": a deadline is over when it is <= coarse_now, at most one step late, never early.
[[nodiscard]] inline coarse_time coarse_now(core_time now) {
  return std::chrono::floor<coarse_time>(now);
}

/// For deadlines.
[[nodiscard]] inline coarse_time coarse_deadline(core_time at) {
  return std::chrono::ceil<coarse_time>(at);
}

}  // namespace waggle

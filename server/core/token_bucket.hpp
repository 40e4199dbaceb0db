// SPDX-License-Identifier: Apache-2.0
// How much of something may be used: so much at once, and so much a second from then on. Counts in
// thousandths, so that a millisecond of any whole rate is exact. Pure: time is an argument.
#pragma once

#include "server/core/message.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace waggle {

struct bucket_limits {
  std::uint64_t burst = 0;       // at once
  std::uint64_t per_second = 0;  // that come back; 0: no limit

  bool operator==(bucket_limits const&) const = default;
};

/// Keeps what is used rather than what is left: so a new bucket is full whatever its limits are,
/// and they may change at any time. More may be taken than there is, by whoever learns afterwards
/// what something costs; the debt is paid off first.
class token_bucket {
 public:
  explicit token_bucket(core_time now) : at_(now) {}

  /// Gives back what the time since the last call is worth. O(1).
  void refill(core_time now, std::uint64_t per_second) {
    auto const passed = std::min(now - std::exchange(at_, now), passed_max);
    if (used_ == 0) return;  // as nearly always
    auto const back = static_cast<std::uint64_t>(std::max(passed, core_time{0}).count()) *
                      std::min(per_second, per_second_max);
    used_ = back < used_ ? used_ - back : 0;
  }

  void take(std::uint64_t tokens) { used_ += tokens * parts; }

  [[nodiscard]] bool has(std::uint64_t tokens, bucket_limits const& limits) const {
    return limits.per_second == 0 || used_ + tokens * parts <= limits.burst * parts;
  }

  /// When so many will be left, if none is taken until then; tokens <= limits.burst.
  [[nodiscard]] core_time when_has(std::uint64_t tokens, bucket_limits const& limits) const {
    if (has(tokens, limits)) return at_;
    auto const missing = used_ + tokens * parts - limits.burst * parts;
    auto const wait = (missing + limits.per_second - 1) / limits.per_second;
    return at_ + core_time{static_cast<core_time::rep>(wait)};
  }

  /// Whether nothing of it is used.
  [[nodiscard]] bool full() const { return used_ == 0; }

 private:
  static constexpr std::uint64_t parts = 1000;
  // The product of both fits into 64 bits.
  static constexpr core_time passed_max{1'000'000'000};
  static constexpr std::uint64_t per_second_max = 10'000'000'000;

  std::uint64_t used_ = 0;  // thousandths; may be over the burst
  core_time at_;            // of the last refill()
};

static_assert(sizeof(token_bucket) == 16);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What one client may say: messages and bytes, a burst of each and so many a second. Past it
// nothing more is read from it until a useful part is back; who never gets back to half of a burst
// has to go after a while. Pure: time is an argument. One per session.
#pragma once

#include "server/core/coarse_time.hpp"
#include "server/core/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace waggle {

struct session_quota_limits {
  bucket_limits messages{.burst = 2'000, .per_second = 1'000};
  bucket_limits bytes{.burst = 2'097'152, .per_second = 4'194'304};
  std::chrono::milliseconds busy_after{
      10};  // the core is behind by that much: a quarter comes back
  std::chrono::milliseconds over_max{60'000};  // without getting back to half of a burst

  bool operator==(session_quota_limits const&) const = default;
};

/// What is taken from one session before the others have their turn. Who has used up half of a
/// burst is one of few, or does not stop: the turns of those are short.
struct turn_share {
  std::size_t bytes = 0;
  std::uint32_t messages = 0;
};
inline constexpr turn_share full_share{.bytes = 64 * 1024, .messages = 64};
inline constexpr turn_share small_share{.bytes = 16 * 1024, .messages = 32};

class session_quota {
 public:
  explicit session_quota(core_time now) : messages_(now), bytes_(now) {}

  /// Gives back what time has brought.
  /// @param busy  the core is behind: who asks for little is served first.
  void refill(core_time now, session_quota_limits const& limits, bool busy) {
    messages_.refill(now, slowed(limits.messages, busy).per_second);
    bytes_.refill(now, slowed(limits.bytes, busy).per_second);
    if (over_since_ != never && plentiful(limits)) over_since_ = never;
  }

  void take_bytes(std::size_t count, session_quota_limits const& limits) {
    if (limits.bytes.per_second != 0) bytes_.take(count);
  }
  /// @param count  the offers that a message has relayed cost as much as messages.
  void take_messages(std::uint32_t count, session_quota_limits const& limits) {
    if (limits.messages.per_second != 0) messages_.take(count);
  }

  [[nodiscard]] bool messages_used_up(session_quota_limits const& limits) const {
    return !messages_.has(1, limits.messages);
  }
  [[nodiscard]] bool used_up(session_quota_limits const& limits) const {
    return messages_used_up(limits) || !bytes_.has(1, limits.bytes);
  }

  /// Nothing more is read: from now on it is over its quota, unless it has been.
  void on_used_up(core_time now) {
    if (over_since_ == never) over_since_ = coarse_deadline(now);
  }
  /// Whether it has been over its quota for too long.
  [[nodiscard]] bool stays_over(core_time now, session_quota_limits const& limits) const {
    return over_since_ != never && now >= core_time{over_since_} + limits.over_max;
  }

  /// Whether enough is back to read on.
  [[nodiscard]] bool useful(session_quota_limits const& limits) const {
    return messages_.has(part(limits.messages), limits.messages) &&
           bytes_.has(part(limits.bytes), limits.bytes);
  }
  /// When that will be so at the pace of now, or stays_over().
  [[nodiscard]] core_time next_check(session_quota_limits const& limits, bool busy) const {
    auto const useful_at =
        std::max(messages_.when_has(part(limits.messages), slowed(limits.messages, busy)),
                 bytes_.when_has(part(limits.bytes), slowed(limits.bytes, busy)));
    if (over_since_ == never) return useful_at;
    return std::min(useful_at, core_time{over_since_} + limits.over_max);
  }

  /// Whether half of both bursts is left.
  [[nodiscard]] bool plentiful(session_quota_limits const& limits) const {
    return messages_.has(limits.messages.burst / 2, limits.messages) &&
           bytes_.has(limits.bytes.burst / 2, limits.bytes);
  }

 private:
  static constexpr coarse_time never = coarse_time::max();
  static constexpr std::uint64_t parts = 16;  // of a burst: reading on for less is not worth it
  static constexpr std::uint64_t busy_divisor = 4;

  static std::uint64_t part(bucket_limits const& of) {
    return std::max(of.burst / parts, std::uint64_t{1});
  }
  /// 0 stays no limit, and the slowest rate stays one.
  static bucket_limits slowed(bucket_limits of, bool busy) {
    if (busy) of.per_second = (of.per_second + busy_divisor - 1) / busy_divisor;
    return of;
  }

  token_bucket messages_;
  token_bucket bytes_;
  coarse_time over_since_ = never;  // used up then, and never plentiful since
};

static_assert(sizeof(session_quota) <= 40, "one per session");

}  // namespace waggle

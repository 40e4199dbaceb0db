// SPDX-License-Identifier: Apache-2.0
// When to ping a connection and when to give it up. Pure: time is an argument. One per session.
#pragma once

#include "server/core/coarse_time.hpp"
#include "server/core/message.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace waggle {

struct liveness_limits {
  std::chrono::milliseconds ping_after{25'000};  // silence in a direction that asks for a ping
  std::chrono::milliseconds dead_after{60'000};  // since the last byte received
  std::chrono::milliseconds message_deadline{30'000};   // from a message's first byte to its last
  std::chrono::milliseconds close_deadline{5'000};      // from our close frame to the peer's
  std::chrono::milliseconds first_message_deadline{0};  // from the start; 0: none

  bool operator==(liveness_limits const&) const = default;
};

/// Proxies cut a connection that is quiet in one direction for 60 s, and a peer that vanished sends
/// nothing for ever: so a direction that was quiet for ping_after gets a ping (whose pong makes the
/// other direction speak too), at most one per ping_after. A connection is dead dead_after after
/// its last byte, if two pings went unanswered by then. One that has never said a complete message
/// by a deadline of its own is of no use, however lively.
class liveness {
 public:
  enum class verdict : std::uint8_t {
    fine,
    ping,
    dead,
    message_too_slow,
    no_message,
    close_too_slow
  };

  explicit liveness(core_time now)
      : received_(now), sent_(now), pinged_(now), mute_since_(coarse_deadline(now)) {}

  void on_received(core_time now) {
    received_ = now;
    pings_unanswered_ = 0;
  }
  void on_sent(core_time now) { sent_ = now; }
  void on_ping(core_time now) {
    pinged_ = now;
    if (pings_unanswered_ != UINT16_MAX) ++pings_unanswered_;
  }

  /// A complete message has come.
  void on_message() { mute_since_ = spoken; }

  /// Tells whether a message has begun and is not complete. Its deadline runs from the first byte.
  void on_message_progress(bool incomplete, core_time now) {
    if (!incomplete) {
      message_begun_ = never;
    } else if (message_begun_ == never) {
      message_begun_ = now;
    }
  }

  /// For how long the incomplete message has been arriving; 0 if there is none.
  [[nodiscard]] core_time message_age(core_time now) const {
    return message_begun_ == never ? core_time{0} : now - message_begun_;
  }

  /// Nothing is read from the client for a while, which is not its fault: it cannot be dead or too
  /// slow meanwhile. It is pinged as before, so that one that is gone is found when writing fails.
  void on_held(core_time now) { held_ = now; }
  /// Goes on where on_held() stopped.
  void on_let_go(core_time now) {
    received_ += now - held_;
    if (message_begun_ != never) message_begun_ += now - held_;
    if (mute_since_ != spoken) mute_since_ += coarse_deadline(now - held_);
    pings_unanswered_ = 0;  // the pongs may be there, unread
    held_ = never;
  }

  /// From now on only the close deadline counts.
  void on_closing(core_time now) { closing_ = now; }

  [[nodiscard]] verdict check(core_time now, liveness_limits const& limits) const {
    if (closing_ != never) {
      return now >= closing_ + limits.close_deadline ? verdict::close_too_slow : verdict::fine;
    }
    if (held_ != never) return now >= ping_due(limits) ? verdict::ping : verdict::fine;
    if (now >= received_ + limits.dead_after && pings_unanswered_ >= 2) return verdict::dead;
    if (message_begun_ != never && now >= message_begun_ + limits.message_deadline) {
      return verdict::message_too_slow;
    }
    if (now >= first_message_due(limits)) return verdict::no_message;
    return now >= ping_due(limits) ? verdict::ping : verdict::fine;
  }

  /// When check() can say something other than `fine` at the earliest, if nothing happens.
  [[nodiscard]] core_time next_check(liveness_limits const& limits) const {
    if (closing_ != never) return closing_ + limits.close_deadline;
    auto due = ping_due(limits);
    if (held_ != never) return due;
    if (pings_unanswered_ >= 2) due = std::min(due, received_ + limits.dead_after);
    if (message_begun_ != never) due = std::min(due, message_begun_ + limits.message_deadline);
    return std::min(due, first_message_due(limits));
  }

 private:
  static constexpr core_time never = core_time::min();
  static constexpr coarse_time spoken = coarse_time::max();

  [[nodiscard]] core_time first_message_due(liveness_limits const& limits) const {
    if (mute_since_ == spoken || limits.first_message_deadline.count() == 0) {
      return core_time::max();
    }
    return core_time{mute_since_} + limits.first_message_deadline;
  }

  [[nodiscard]] core_time ping_due(liveness_limits const& limits) const {
    return std::max(std::min(received_, sent_), pinged_) + limits.ping_after;
  }

  core_time received_;  // last byte
  core_time sent_;      // last frame
  core_time pinged_;    // last ping, or the start
  core_time message_begun_ = never;
  core_time closing_ = never;
  core_time held_ = never;  // since then
  coarse_time mute_since_;  // the start, until the first message
  std::uint16_t pings_unanswered_ = 0;
};

}  // namespace waggle

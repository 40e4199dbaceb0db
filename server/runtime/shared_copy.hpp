// SPDX-License-Identifier: Apache-2.0
// A copy of something that is costly to gather, for all who ask for it: whoever comes first waits,
// the others take what is there, and it is renewed for as long as somebody asks. Pure: time is an
// argument. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace waggle::runtime {

struct copy_rules {
  std::chrono::milliseconds serve_max{10'000};   // an older copy is given to nobody
  std::chrono::milliseconds renew_after{5'000};  // while somebody asks
  std::chrono::milliseconds idle_after{60'000};  // since anybody asked: the copy is let go
};

template <class T>
class shared_copy {
 public:
  using time = std::chrono::milliseconds;
  using pointer = std::shared_ptr<T const>;
  /// The age is that of the oldest part: since the gathering began.
  using taker = std::function<void(pointer const& copy, time age)>;

  explicit shared_copy(copy_rules const& rules = {}) : rules_(rules) {}

  /// Calls `take` now, or once a copy is there.
  /// @return whether to begin gathering; arrive() must follow.
  [[nodiscard]] bool ask(time now, taker take) {
    asked_at_ = now;
    if (copy_ && now - copied_at_ <= rules_.serve_max) {
      take(copy_, now - copied_at_);
    } else {
      waiting_.push_back(std::move(take));
    }
    return is_due(now);
  }

  /// What was gathered since the last `true`.
  void arrive(time now, pointer copy) {
    copy_ = std::move(copy);
    copied_at_ = *gathering_since_;
    gathering_since_.reset();
    for (auto const& take : std::exchange(waiting_, {})) take(copy_, now - copied_at_);
  }

  /// Call once a second.
  /// @return as of ask().
  [[nodiscard]] bool tick(time now) {
    if (now - asked_at_ < rules_.idle_after) return copy_ && is_due(now);
    if (!gathering_since_) copy_.reset();
    return false;
  }

  /// Whether tick() has anything to do.
  [[nodiscard]] bool active() const { return copy_ != nullptr || gathering_since_.has_value(); }

 private:
  bool is_due(time now) {
    if (gathering_since_ || (copy_ && now - copied_at_ < rules_.renew_after)) return false;
    gathering_since_ = now;
    return true;
  }

  copy_rules rules_;
  pointer copy_;
  time copied_at_{};
  time asked_at_{};
  std::optional<time> gathering_since_;
  std::vector<taker> waiting_;  // bounded by who asks: the connections of the internal listener
};

}  // namespace waggle::runtime

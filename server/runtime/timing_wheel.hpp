// SPDX-License-Identifier: Apache-2.0
// Deadlines of many things with one timer: entries wait in the bucket of their tick. An entry that
// is not wanted any more is not searched for; its owner recognises it as stale when it comes up.
// Knows nothing of the domain and reads no clock. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace waggle::runtime {

template <class Entry>
class timing_wheel {
 public:
  /// @param period  of advance(); a deadline is met up to one period late, never early.
  explicit timing_wheel(std::chrono::milliseconds period, std::size_t buckets = 1024)
      : period_(period), buckets_(buckets) {}

  void add(std::chrono::milliseconds due, Entry entry) {
    auto tick =
        static_cast<std::uint64_t>((due + period_ - std::chrono::milliseconds{1}) / period_);
    if (tick <= last_tick_) tick = last_tick_ + 1;
    buckets_[tick % buckets_.size()].push_back({tick, std::move(entry)});
  }

  /// Hands out every entry whose deadline has passed. `on_due(Entry)` may add entries.
  template <class OnDue>
  void advance(std::chrono::milliseconds now, OnDue&& on_due) {
    auto const tick = static_cast<std::uint64_t>(now / period_);
    auto rounds = tick > last_tick_ ? tick - last_tick_ : 0;
    if (rounds > buckets_.size()) rounds = buckets_.size();  // after a long pause: each bucket once
    auto const first = tick - rounds + 1;
    last_tick_ = tick > last_tick_ ? tick : last_tick_;
    for (std::uint64_t at = first; rounds != 0; ++at, --rounds) {
      due_.swap(buckets_[at % buckets_.size()]);
      for (auto& one : due_) {
        if (one.tick <= tick) {
          on_due(std::move(one.entry));
        } else {
          buckets_[at % buckets_.size()].push_back(std::move(one));  // a later lap
        }
      }
      due_.clear();
    }
  }

 private:
  struct waiting {
    std::uint64_t tick;
    Entry entry;
  };

  std::chrono::milliseconds period_;
  std::uint64_t last_tick_ = 0;
  std::vector<std::vector<waiting>> buckets_;
  std::vector<waiting> due_;  // scratch of advance(), kept for its capacity
};

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// Deadlines of many things with one timer: entries wait in the bucket of their tick. An entry that
// is not wanted any more is not searched for; its owner recognises it as stale when it comes up.
// However many are due at once, a call does bounded work, and none of its memory grows in one go.
// Knows nothing of the domain and reads no clock. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <utility>
#include <vector>

namespace waggle::runtime {

/// `Entry` is default-constructible.
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
    put({tick, std::move(entry)});
  }

  /// Hands out entries whose deadline has passed, in no particular order; looks at `at_most`.
  /// `on_due(Entry)` may add entries, which are not due before the next tick.
  /// @return whether there is more to look at: call again soon.
  template <class OnDue>
  bool advance(std::chrono::milliseconds now, OnDue&& on_due, std::size_t at_most = SIZE_MAX) {
    last_tick_ = std::max(last_tick_, static_cast<std::uint64_t>(now / period_));
    for (;;) {
      for (; !open_.empty(); --at_most) {
        if (at_most == 0) return true;
        auto one = take_open();
        if (one.tick <= last_tick_) {
          on_due(std::move(one.entry));
        } else {
          put(std::move(one));  // a later lap
        }
      }
      if (open_tick_ >= last_tick_) return false;
      // After a long pause: each bucket once.
      auto const lap = std::uint64_t{buckets_.size()};
      open_tick_ = std::max(open_tick_, last_tick_ < lap ? 0 : last_tick_ - lap) + 1;
      open_.swap(buckets_[open_tick_ % lap]);
    }
  }

 private:
  struct waiting {
    std::uint64_t tick = 0;
    Entry entry{};
  };
  struct block {
    std::array<waiting, 15> entries{};
    std::uint32_t size = 0;
  };
  using bucket = std::forward_list<block>;  // only the first may have room

  void put(waiting one) {
    auto& into = buckets_[one.tick % buckets_.size()];
    if (into.empty() || into.front().size == into.front().entries.size()) into.emplace_front();
    auto& first = into.front();
    first.entries[first.size++] = std::move(one);
  }

  waiting take_open() {
    auto& first = open_.front();
    auto one = std::move(first.entries[--first.size]);
    if (first.size == 0) open_.pop_front();
    return one;
  }

  std::chrono::milliseconds period_;
  std::uint64_t last_tick_ = 0;  // the latest that advance() was told of
  std::uint64_t open_tick_ = 0;  // up to it the buckets have been opened
  bucket open_;                  // what is left of the bucket opened last
  std::vector<bucket> buckets_;
};

}  // namespace waggle::runtime

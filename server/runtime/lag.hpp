// SPDX-License-Identifier: Apache-2.0
// How far a loop is behind with a queue that it takes batches from and cannot see: it puts a mark
// in, and looks how long that takes to come back. Only full batches leave something in the queue,
// so that a loop that keeps up puts in none. Knows nothing of the domain and reads no clock. One
// thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace waggle::runtime {

class lag {
 public:
  /// Work on a batch begins. @param full  there may be more in the queue.
  /// @param marked  the mark was in the batch.
  /// @return whether a mark has to be put in now.
  [[nodiscard]] bool begin(std::chrono::milliseconds now, bool full, bool marked) {
    if (marked || !full) {
      waited_ = marked && placed_ ? now - placed_at_ : std::chrono::milliseconds{0};
      placed_ = false;
    }
    if (!full || placed_) return false;
    placed_at_ = now;
    placed_ = true;
    return true;
  }
  void end() {
    if (!placed_) waited_ = {};
  }

  /// How long what is worked on has waited in the queue, as far as that is known.
  [[nodiscard]] std::chrono::milliseconds at(std::chrono::milliseconds now) const {
    return placed_ ? std::max(waited_, now - placed_at_) : waited_;
  }

 private:
  std::chrono::milliseconds waited_{0};  // the last mark, while it says something
  std::chrono::milliseconds placed_at_{0};
  bool placed_ = false;
};

}  // namespace waggle::runtime

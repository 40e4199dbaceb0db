// SPDX-License-Identifier: Apache-2.0
// How far a loop is behind with what there is to read. It asks the kernel for a batch of what is
// ready; a batch that is not full was all of it, so what the next one brings is newer. From full
// batches it only follows that there is more, which may have waited since the first of them.
// Knows nothing of the domain and reads no clock. One thread.
#pragma once

#include <chrono>

namespace waggle::runtime {

class lag {
 public:
  /// Work on a batch begins. @param full  there may be more that is ready.
  void begin(std::chrono::milliseconds now, bool full) {
    if (!more_waits_) since_ = now;
    more_waits_ = full;
    works_ = true;
  }
  void end() { works_ = false; }

  /// How long what is read now, or would be, may have waited.
  [[nodiscard]] std::chrono::milliseconds at(std::chrono::milliseconds now) const {
    return works_ || more_waits_ ? now - since_ : std::chrono::milliseconds{0};
  }

 private:
  std::chrono::milliseconds since_{0};  // what is ready now was not ready a batch before this
  bool more_waits_ = false;
  bool works_ = false;
};

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// The longest of many calls, in CPU time of this thread: other work on the machine does not count,
// a page fault does.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>

namespace waggle::bench {

class longest_call {
 public:
  template <class Call>
  void operator()(Call&& call) {
    auto const before = thread_ns();
    call();
    worst_ns_ = std::max(worst_ns_, thread_ns() - before);
  }
  [[nodiscard]] double milliseconds() const { return static_cast<double>(worst_ns_) / 1e6; }

 private:
  static std::int64_t thread_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  }
  std::int64_t worst_ns_ = 0;
};

}  // namespace waggle::bench

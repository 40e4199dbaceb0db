// SPDX-License-Identifier: Apache-2.0
// Waiting in tests: every wait has a deadline, and nothing waits for longer than it must.
// Used by tests only; one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace waggle::test {

using namespace std::chrono_literals;
using milliseconds = std::chrono::milliseconds;

/// How long a test waits for what must happen. Never reached by a passing test, so it is generous:
/// a sanitizer build on a busy machine is slow.
inline constexpr milliseconds patience{15'000};

/// A moment in the future up to which something may take.
class deadline {
 public:
  explicit deadline(milliseconds within) : at_(std::chrono::steady_clock::now() + within) {}

  [[nodiscard]] milliseconds left() const {
    auto const rest = std::chrono::ceil<milliseconds>(at_ - std::chrono::steady_clock::now());
    return std::max(rest, milliseconds{0});
  }
  [[nodiscard]] bool passed() const { return left() == milliseconds{0}; }

 private:
  std::chrono::steady_clock::time_point at_;
};

/// Asks `condition` again and again until it holds. False: it did not within the time.
template <class Condition>
[[nodiscard]] bool eventually(Condition&& condition, milliseconds within = patience) {
  deadline const until{within};
  while (!condition()) {
    if (until.passed()) return false;
    std::this_thread::sleep_for(5ms);  // spares the server questions; nothing relies on it
  }
  return true;
}

}  // namespace waggle::test

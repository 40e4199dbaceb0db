// SPDX-License-Identifier: Apache-2.0
// Signals that may come once more when nobody waits for them any longer.
#pragma once

#include <csignal>
#include <initializer_list>
#include <vector>

namespace waggle::runtime {

/// Ignores signals from its own end on. For a member in front of a signal_set, which at its end
/// gives them back to the default: that kills a process which is about to end well. Main thread.
class ignored_after {
 public:
  ignored_after(std::initializer_list<int> signals) : signals_(signals) {}
  ignored_after(ignored_after const&) = delete;
  ignored_after& operator=(ignored_after const&) = delete;
  ~ignored_after() {
    for (auto const each : signals_) std::signal(each, SIG_IGN);
  }

 private:
  std::vector<int> signals_;
};

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// Stops one thread of a child process, as a debugger would, while the others run on. One thread.
#pragma once

#include <sys/types.h>

#include <vector>

namespace waggle::test {

/// The threads of a process in the order in which they were started; the first is its main thread.
[[nodiscard]] std::vector<pid_t> threads_of(pid_t process);

class halted_thread {
 public:
  /// @param thread  of a child process. See halted() for whether it worked.
  explicit halted_thread(pid_t thread);
  halted_thread(halted_thread const&) = delete;
  halted_thread& operator=(halted_thread const&) = delete;
  ~halted_thread() { end(); }

  /// False: the system does not let us trace our children.
  [[nodiscard]] bool halted() const { return thread_ != -1; }

  /// Lets it go on. Idempotent.
  void end();

 private:
  pid_t thread_ = -1;
};

}  // namespace waggle::test

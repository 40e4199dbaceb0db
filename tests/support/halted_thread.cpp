// SPDX-License-Identifier: Apache-2.0
#include "tests/support/halted_thread.hpp"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

namespace waggle::test {

std::vector<pid_t> threads_of(pid_t process) {
  std::vector<pid_t> all;
  for (auto const& one :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    all.push_back(std::stoi(one.path().filename().string()));
  }
  std::ranges::sort(all);
  return all;
}

halted_thread::halted_thread(pid_t thread) {
  if (::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) return;
  thread_ = thread;
  ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
  int status = 0;
  ::waitpid(thread, &status, __WALL);
}

void halted_thread::end() {
  if (thread_ != -1) ::ptrace(PTRACE_DETACH, std::exchange(thread_, -1), nullptr, nullptr);
}

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// A program under test, with what it writes to stdout and stderr. The output goes to anonymous
// files, so that a chatty program never blocks on a full pipe. One thread.
#pragma once

#include "tests/support/deadline.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace waggle::test {

class child_process {
 public:
  using environment = std::vector<std::pair<std::string, std::string>>;

  /// Starts `arguments[0]`; `extra` is added to the environment. Throws std::system_error.
  explicit child_process(std::vector<std::string> const& arguments, environment const& extra = {});
  ~child_process();  // kills it if it still runs
  child_process(child_process const&) = delete;
  child_process& operator=(child_process const&) = delete;

  void signal(int number) const;

  /// The exit code (128 + n after signal n); nothing if it still runs after `within`.
  std::optional<int> wait(milliseconds within);
  [[nodiscard]] bool running();

  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::optional<int> exit_code_;
};

struct run_result {
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs a program that ends by itself. Throws std::runtime_error if it does not within `within`.
[[nodiscard]] run_result run(std::vector<std::string> const& arguments,
                             child_process::environment const& extra = {},
                             milliseconds within = patience);

}  // namespace waggle::test

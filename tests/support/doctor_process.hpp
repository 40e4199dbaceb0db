// SPDX-License-Identifier: Apache-2.0
// `waggle doctor` at work, and what it said. One thread.
#pragma once

#include "tests/support/child_process.hpp"

#include <string>
#include <vector>

namespace waggle::test {

/// One check of doctor's.
struct finding {
  std::string verdict;  // "ok", "skip", "warn", "FAIL"; empty: there is no such check
  std::string text;
};

/// What doctor said, once it has ended.
struct diagnosis {
  int code = -1;
  std::string out;
  std::string err;

  /// The check of this name, among the lines that doctor wrote.
  [[nodiscard]] finding of(std::string const& name) const;
  /// The last line.
  [[nodiscard]] std::string summary() const;
};

class doctor_process {
 public:
  /// Starts `waggle doctor` with these arguments.
  explicit doctor_process(std::vector<std::string> arguments);
  /// What it found, once it is done. Throws std::runtime_error if it does not end.
  [[nodiscard]] diagnosis wait();

 private:
  child_process child_;
};

/// Runs it without a check of silence, unless the arguments ask for one.
[[nodiscard]] diagnosis run_doctor(std::vector<std::string> arguments);

}  // namespace waggle::test

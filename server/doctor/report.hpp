// SPDX-License-Identifier: Apache-2.0
// What doctor found: one line a check, a closing line, the exit code. One thread.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::doctor {

enum class verdict {
  ok,
  skip,  // could not be checked; the text says why
  warn,  // works, and somebody should look at it
  fail,
};

[[nodiscard]] std::string_view word_of(verdict which);

struct check {
  std::string name;
  verdict found = verdict::ok;
  std::string text;  // one line for people
};

class report {
 public:
  /// @param live  gets a line for each check as soon as it is there; null for none.
  explicit report(std::ostream* live) : live_(live) {}

  void add(check made);

  [[nodiscard]] std::vector<check> const& checks() const { return checks_; }
  [[nodiscard]] int exit_code() const;  // 0, or 1 if a check failed
  [[nodiscard]] std::string summary() const;
  /// [{"check","verdict","text"}]
  [[nodiscard]] std::string json() const;

 private:
  [[nodiscard]] std::size_t count(verdict which) const;

  std::ostream* live_;
  std::vector<check> checks_;  // at most some dozen
};

}  // namespace waggle::doctor

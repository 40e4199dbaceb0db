// SPDX-License-Identifier: Apache-2.0
// What is wrong with a configuration. Problems are values: all of them are collected and shown
// together, none is thrown. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace waggle {

struct problem {
  std::string source;  // "waggle.json:3", "WAGGLE_NETWORK_CORES", "--cores"
  std::string key;     // "network.cores"; empty if no single setting is meant
  std::string what;

  bool operator==(problem const&) const = default;
};

/// One line: source, key and explanation.
[[nodiscard]] inline std::string to_string(problem const& wrong) {
  return wrong.source + ": " + (wrong.key.empty() ? "" : wrong.key + ": ") + wrong.what;
}

/// Collects problems up to a bound: a file of nonsense must not make the list as long as itself.
class problem_list {
 public:
  static constexpr std::size_t kept_max = 100;

  void add(problem wrong) {
    ++count_;
    if (!is_full()) kept_.push_back(std::move(wrong));
  }

  /// How many there were, kept or not.
  [[nodiscard]] std::size_t count() const { return count_; }

  /// Whether further problems are only counted, so that explaining them is lost work.
  [[nodiscard]] bool is_full() const { return kept_.size() == kept_max; }

  /// The problems, and a last one that tells how many were left out.
  [[nodiscard]] std::vector<problem> take() && {
    if (count_ > kept_.size()) {
      kept_.push_back({.source = "configuration",
                       .key = {},
                       .what = "and " + std::to_string(count_ - kept_.size()) + " more problems"});
    }
    return std::move(kept_);
  }

 private:
  std::vector<problem> kept_;
  std::size_t count_ = 0;  // kept or not
};

}  // namespace waggle

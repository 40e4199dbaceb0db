// SPDX-License-Identifier: Apache-2.0
// From file, environment and flags to settings, or to the list of everything that is wrong with
// them. Later sources win: file < environment < flags; a list replaces, it never appends. Pure,
// apart from reading the one file.
#pragma once

#include "config/problem.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace waggle {

/// A longer file is refused unread: 100,000 info hashes take 5 MiB.
inline constexpr std::size_t config_file_bytes_max = 16 * mebibyte;

/// One setting of the command line. Later ones win.
struct flag_value {
  std::string key;  // "section.name"
  std::vector<std::string> values;
  std::string flag = "--set";  // how it was written, for messages
};

struct load_sources {
  std::optional<std::string> file_path;
  std::optional<std::string> text;  // instead of the file's content; file_path then only names it
  std::vector<std::pair<std::string, std::string>> environment;  // only WAGGLE_* is looked at
  std::vector<flag_value> flags;
};

struct load_result {
  settings values;                // use only if ok()
  std::vector<problem> problems;  // everything that is wrong, not only the first

  [[nodiscard]] bool ok() const { return problems.empty(); }
};

/// Never throws for the content of a source.
[[nodiscard]] load_result load(load_sources const& sources);

/// The WAGGLE_* variables of `environment`, an array as in environ(7).
[[nodiscard]] std::vector<std::pair<std::string, std::string>> waggle_environment(
    char const* const* environment);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/report.hpp"

#include "server/doctor/words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace waggle::doctor {
namespace {

// The longest word and the longest name of a check, so that the texts stand below each other.
constexpr std::size_t word_columns = 6;
constexpr std::size_t name_columns = 13;

std::string padded(std::string_view text, std::size_t columns) {
  std::string made{text};
  made.resize(std::max(columns, made.size() + 1), ' ');
  return made;
}

}  // namespace

std::string_view word_of(verdict which) {
  switch (which) {
    case verdict::ok:
      return "ok";
    case verdict::skip:
      return "skip";
    case verdict::warn:
      return "warn";
    case verdict::fail:
      return "FAIL";
  }
  return "";
}

void report::add(check made) {
  made.text = one_line(std::move(made.text));
  if (live_ != nullptr) {
    *live_ << padded(word_of(made.found), word_columns) << padded(made.name, name_columns)
           << made.text << '\n'
           << std::flush;
  }
  checks_.push_back(std::move(made));
}

std::size_t report::count(verdict which) const {
  return static_cast<std::size_t>(std::count_if(
      checks_.begin(), checks_.end(), [which](check const& made) { return made.found == which; }));
}

int report::exit_code() const {
  return count(verdict::fail) == 0 ? 0 : 1;
}

std::string report::summary() const {
  std::string text;
  if (auto const failed = count(verdict::fail); failed > 0) {
    text = counted(failed, "check") + " of " + std::to_string(checks_.size()) + " failed:";
    for (auto const& made : checks_) {
      if (made.found == verdict::fail) text += " " + made.name;
    }
  } else {
    text = "all well: " + counted(checks_.size(), "check") + ", none failed";
  }
  if (auto const warned = count(verdict::warn); warned > 0) {
    text += "; " + counted(warned, "warning");
  }
  if (auto const skipped = count(verdict::skip); skipped > 0) {
    text += "; " + std::to_string(skipped) + " could not be done";
  }
  return text;
}

std::string report::json() const {
  auto list = nlohmann::ordered_json::array();
  for (auto const& made : checks_) {
    auto word = std::string{word_of(made.found)};
    std::transform(word.begin(), word.end(), word.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    list.push_back({{"check", made.name}, {"verdict", word}, {"text", made.text}});
  }
  // Texts quote what servers wrote, in whatever encoding.
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace waggle::doctor

// SPDX-License-Identifier: Apache-2.0
#include "server/core/origin_filter.hpp"

#include <algorithm>

namespace waggle {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

// Walks both; on a mismatch the last star takes one character more. Stars before the last one never
// need to: what they have matched stays matched.
bool matches_origin(std::string_view pattern, std::string_view text) {
  std::size_t in_pattern = 0;
  std::size_t in_text = 0;
  auto star = std::string_view::npos;
  std::size_t star_ends = 0;
  while (in_text < text.size()) {
    auto const expected = in_pattern < pattern.size() ? pattern[in_pattern] : '\0';
    if (in_pattern < pattern.size() && expected == '*') {
      star = in_pattern++;
      star_ends = in_text;
    } else if (in_pattern < pattern.size() && lower(expected) == lower(text[in_text])) {
      ++in_pattern;
      ++in_text;
    } else if (star != std::string_view::npos && text[star_ends] != '/') {
      in_text = ++star_ends;
      in_pattern = star + 1;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(in_pattern), pattern.end(),
                     [](char c) { return c == '*'; });
}

bool origin_filter::admits(std::string_view origin) const {
  if (patterns_.empty()) return true;
  if (origin.size() > origin_bytes_max) return false;
  return std::any_of(patterns_.begin(), patterns_.end(), [&](std::string_view pattern) {
    if (pattern == "none") return origin.empty();
    if (origin.empty()) return false;
    return pattern == "*" || matches_origin(pattern, origin);
  });
}

}  // namespace waggle

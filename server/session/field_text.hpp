// SPDX-License-Identifier: Apache-2.0
// How the values of HTTP fields are compared and trimmed (RFC 9110 section 5.6). Pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace waggle {

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Without the white space around it.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace waggle

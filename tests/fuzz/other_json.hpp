// SPDX-License-Identifier: Apache-2.0
// What another parser says of a JSON text, for targets that check our own by it. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::fuzz {

/// Replaces every \u escape of a surrogate by one of 'A': JavaScript allows lone surrogates, the
/// other parser does not. Validity in all other respects, and the length, stay.
inline std::string without_surrogates(std::string_view text) {
  std::string out{text};
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (out[i] != '\\') continue;
    auto const surrogate = i + 5 < out.size() && out[i + 1] == 'u' &&
                           (out[i + 2] == 'd' || out[i + 2] == 'D') &&
                           std::strchr("89abcdefABCDEF", out[i + 3]) != nullptr && out[i + 3] != 0;
    if (surrogate) {
      auto const is_hex = [](char c) {
        return c != 0 && std::strchr("0123456789abcdefABCDEF", c) != nullptr;
      };
      if (is_hex(out[i + 4]) && is_hex(out[i + 5])) out.replace(i + 2, 4, "0041");
    }
    ++i;
  }
  return out;
}

/// nlohmann's verdict; none where the two differ on purpose: a NUL ends its input, a byte order
/// mark is skipped, a number that a double cannot hold is refused.
inline std::optional<bool> other_verdict(std::string_view text) {
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf")) {
    return std::nullopt;
  }
  try {
    return !nlohmann::json::parse(without_surrogates(text)).is_discarded();
  } catch (nlohmann::json::out_of_range const&) {
    return std::nullopt;
  } catch (nlohmann::json::parse_error const&) {
    return false;
  }
}

inline bool is_json(std::string_view text) {
  return other_verdict(text).value_or(true);
}

}  // namespace waggle::fuzz

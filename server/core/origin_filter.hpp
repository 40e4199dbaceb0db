// SPDX-License-Identifier: Apache-2.0
// Which pages may connect, by the Origin that their browser states (RFC 6454). A filter and no
// proof: whoever is no browser writes what it likes. An immutable snapshot. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

/// Whether `text` is what `pattern` says: '*' stands for any number of characters but '/', so that
/// a host cannot reach into a path. ASCII letters of either case are equal. O(text * pattern).
[[nodiscard]] bool matches_origin(std::string_view pattern, std::string_view text);

class origin_filter {
 public:
  origin_filter() = default;  // lets everybody in
  /// @param patterns  "https://*.example.org"; "*" for every Origin; "none" for requests without.
  explicit origin_filter(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

  /// @param origin  empty: the request states none.
  [[nodiscard]] bool admits(std::string_view origin) const;

  [[nodiscard]] bool empty() const { return patterns_.empty(); }

 private:
  std::vector<std::string> patterns_;
};

/// An Origin is longer only if somebody tries what happens.
inline constexpr std::size_t origin_bytes_max = 512;

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// One object in a file of the operator: its fields, each checked where it is read. What is wrong
// goes to the list of problems with the place of the field, "contents[3].streams[1].width". Pure.
#pragma once

#include "config/problem.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace waggle {

class json_item {
 public:
  struct bounds {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };

  /// @param source  of the problems: the file. This and the others must outlive the item.
  json_item(nlohmann::json const& value, std::string place, std::string const& source,
            problem_list& problems);

  /// Refuses what is no object, and keys that are not `known`, with the nearest.
  /// @return whether it is an object, so that it has fields.
  bool check_keys(std::span<std::string const> known);

  /// The field, or null.
  [[nodiscard]] nlohmann::json const* find(std::string_view name) const;

  /// A text of 1 to `bytes_max` bytes without control characters.
  [[nodiscard]] std::optional<std::string> text(std::string_view name, std::size_t bytes_max);

  /// Such a text that is printable ASCII.
  [[nodiscard]] std::optional<std::string> ascii(std::string_view name, std::size_t bytes_max);

  /// A whole number within inclusive bounds.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name, bounds within);

  /// A list with a number of entries within the bounds; null, with a problem, for anything else.
  [[nodiscard]] nlohmann::json const* list(std::string_view name, bounds within);

  /// Adds a problem of the field `name`, or of the whole item where that is empty.
  void refuse(std::string_view name, std::string what);

  [[nodiscard]] std::string place_of(std::string_view name) const;
  [[nodiscard]] std::string place_of(std::string_view list, std::size_t index) const;

 private:
  nlohmann::json const& value_;
  std::string place_;
  std::string const& source_;
  problem_list& problems_;
};

}  // namespace waggle

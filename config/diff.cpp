// SPDX-License-Identifier: Apache-2.0
#include "config/diff.hpp"

#include "config/value.hpp"

#include <nlohmann/json.hpp>

namespace waggle {

std::vector<setting_change> changes_between(settings const& before, settings const& after) {
  std::vector<setting_change> changes;
  for (auto const& row : field_table()) {
    auto const old_value = value_in(before, row);
    auto const new_value = value_in(after, row);
    if (old_value == new_value) continue;
    changes.push_back({.which = &row, .before = shown(old_value), .after = shown(new_value)});
  }
  return changes;
}

}  // namespace waggle

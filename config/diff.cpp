// SPDX-License-Identifier: Apache-2.0
#include "config/diff.hpp"

#include "config/value.hpp"

#include <nlohmann/json.hpp>

namespace waggle {
namespace {

constexpr std::size_t items_max = 4;  // of a list that is written out

std::string text_of(settings const& all, field const& row) {
  auto const value = printable(all, row);
  if (!value.is_array()) return shown(value);
  if (value.size() > items_max) return std::to_string(value.size()) + " items";
  return value.dump(-1, ' ', /*ensure_ascii=*/true);
}

}  // namespace

std::vector<setting_change> changes_between(settings const& before, settings const& after) {
  std::vector<setting_change> changes;
  for (auto const& row : field_table()) {
    if (value_in(before, row) == value_in(after, row)) continue;
    changes.push_back(
        {.which = &row, .before = text_of(before, row), .after = text_of(after, row)});
  }
  return changes;
}

}  // namespace waggle

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

void add_changes(settings const& before, settings const& after, std::string const& prefix,
                 bool (*is_meant)(field const&), std::vector<setting_change>& changes) {
  for (auto const& row : field_table()) {
    if (!is_meant(row) || value_in(before, row) == value_in(after, row)) continue;
    changes.push_back({.key = prefix + key_of(row),
                       .reloadable = row.reloadable,
                       .before = text_of(before, row),
                       .after = text_of(after, row)});
  }
}

void add_tenant_changes(settings const& before, settings const& after,
                        std::vector<setting_change>& changes) {
  for (auto const& [name, was] : before.tenants) {
    auto const key = "tenants." + name;
    auto const now = after.tenants.find(name);
    if (now == after.tenants.end()) {
      changes.push_back({.key = key, .before = "there", .after = "gone"});
    } else if (now->second != was) {
      add_changes(as_settings(was), as_settings(now->second), key + ".", is_of_tenant, changes);
    }
  }
  for (auto const& [name, now] : after.tenants) {
    if (before.tenants.contains(name)) continue;
    changes.push_back({.key = "tenants." + name, .before = "absent", .after = "there"});
  }
}

}  // namespace

std::vector<setting_change> changes_between(settings const& before, settings const& after) {
  std::vector<setting_change> changes;
  add_changes(
      before, after, {}, [](field const&) { return true; }, changes);
  add_tenant_changes(before, after, changes);
  return changes;
}

}  // namespace waggle

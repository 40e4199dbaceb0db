// SPDX-License-Identifier: Apache-2.0
// What differs between two configurations, by the table of settings. Pure.
#pragma once

#include "config/fields.hpp"

#include <string>
#include <vector>

namespace waggle {

struct setting_change {
  std::string key;  // "session.ping_after", "tenants.acme.access.mode", "tenants.acme"
  bool reloadable = true;
  std::string before;  // as the file writes it, short: a long list as "1000 items", a secret "***"
  std::string after;   // likewise, so that both can be the same text
};

/// Every setting whose value is not the same, in the order of the table.
[[nodiscard]] std::vector<setting_change> changes_between(settings const& before,
                                                          settings const& after);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What differs between two configurations, by the table of settings. Pure.
#pragma once

#include "config/fields.hpp"

#include <string>
#include <vector>

namespace waggle {

struct setting_change {
  field const* which;  // never null
  std::string before;  // as the configuration file writes it, on one line, shortened
  std::string after;
};

/// Every setting whose value is not the same, in the order of the table.
[[nodiscard]] std::vector<setting_change> changes_between(settings const& before,
                                                          settings const& after);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// One tenant as an operator writes it, apart from any configuration. Pure: whether the files that
// it names can be read shows when it is taken into use.
#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>

namespace waggle {

struct tenant_load {
  tenant_settings values;  // of use only if there is no problem
  std::string problem;     // everything that is wrong, with the settings; empty: nothing
};

/// @param json  what the configuration would have below the tenant's name.
/// Never throws for the content.
[[nodiscard]] tenant_load load_tenant(std::string const& name, std::string_view json);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "config/tenant_text.hpp"

#include "config/fields.hpp"
#include "config/load.hpp"

namespace waggle {

tenant_load load_tenant(std::string_view name, std::string_view json) {
  if (!is_tenant_name(name)) {
    return {.problem = "a name has 1 to 63 of a-z, 0-9, '-' and '_', the first a letter or digit"};
  }
  auto text = std::string{R"({"tenants":{")"}.append(name).append("\":").append(json) + "}}";
  auto const loaded = load({.text = std::move(text)});
  tenant_load result;
  for (auto const& wrong : loaded.problems) {
    result.problem += (result.problem.empty() ? "" : "; ");
    result.problem += wrong.key.empty() ? wrong.what : wrong.key + ": " + wrong.what;
  }
  // Text that closes an object too many would be another configuration.
  auto const made = loaded.values.tenants.find(std::string{name});
  if (loaded.ok() && (loaded.values.tenants.size() != 1 || made == loaded.values.tenants.end())) {
    result.problem = "the settings of a tenant are one JSON object";
  }
  if (result.problem.empty()) result.values = made->second;
  return result;
}

}  // namespace waggle

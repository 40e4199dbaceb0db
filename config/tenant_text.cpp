// SPDX-License-Identifier: Apache-2.0
#include "config/tenant_text.hpp"

#include "config/load.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace waggle {

tenant_load load_tenant(std::string const& name, std::string_view json) {
  auto own = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!own.is_object()) return {.problem = "the settings of a tenant are one JSON object"};
  nlohmann::json all;
  all["tenants"][name] = std::move(own);
  auto const loaded = load({.text = all.dump(-1, ' ', /*ensure_ascii=*/false,
                                             nlohmann::json::error_handler_t::replace)});
  tenant_load result;
  for (auto const& wrong : loaded.problems) {
    result.problem += (result.problem.empty() ? "" : "; ");
    result.problem += wrong.key.empty() ? wrong.what : wrong.key + ": " + wrong.what;
  }
  if (loaded.ok()) result.values = loaded.values.tenants.at(name);
  return result;
}

}  // namespace waggle

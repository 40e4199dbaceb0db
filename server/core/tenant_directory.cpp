// SPDX-License-Identifier: Apache-2.0
#include "server/core/tenant_directory.hpp"

#include "protocol/tenant_name.hpp"

#include <algorithm>
#include <utility>

namespace waggle {

bool tenant_policy::serves(info_hash const& which, grant const* token) const {
  bool const needs_name = access.mode() == access_mode::registered || token != nullptr;
  auto const content_name = needs_name ? name_of(which) : std::string_view{};
  if (!access.allows(which, !content_name.empty())) return false;
  if (token != nullptr) return token->swarms.covers(which, content_name);
  return tokens != token_rule::at_connect && tokens != token_rule::in_announce;
}

std::string_view tenant_policy::name_of(info_hash const& which) const {
  if (!content) return {};
  auto const found = content->find(swarm_id{which.value});
  return found ? found->name : std::string_view{};
}

tenant_directory::tenant_directory()
    : tenant_directory(policies{std::make_shared<tenant_policy const>()}) {}

tenant_directory::tenant_directory(policies all) : by_id_(std::move(all)) {
  std::ranges::sort(by_id_, {}, [](auto const& one) { return one->id; });
  if (!by_id_.empty() && by_id_.front()->id == tenant_id::none) unnamed_ = by_id_.front().get();
}

tenant_policy const* tenant_directory::find(tenant_id which) const {
  if (which == tenant_id::none) return unnamed_;
  auto const found =
      std::ranges::lower_bound(by_id_, which, {}, [](auto const& one) { return one->id; });
  return found != by_id_.end() && (*found)->id == which ? found->get() : nullptr;
}

tenant_policy const* tenant_directory::find(std::string_view name) const {
  if (name.empty()) return unnamed_;
  auto const* const found = find(tenant_id_of(name));
  return found != nullptr && found->name == name ? found : nullptr;
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "protocol/token_claims.hpp"

#include <algorithm>

namespace waggle {

bool allows_swarm(token_claims const& claims, std::string_view name) {
  if (!claims.swarms) return true;
  auto const fits = [name](std::string_view entry) {
    if (!entry.ends_with('*')) return entry == name;
    entry.remove_suffix(1);
    return name.starts_with(entry);
  };
  return std::any_of(claims.swarms->begin(), claims.swarms->end(), fits);
}

}  // namespace waggle

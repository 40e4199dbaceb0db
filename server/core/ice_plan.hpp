// SPDX-License-Identifier: Apache-2.0
// Which ICE servers the clients of a tenant are told of: a value, made of settings. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace waggle {

struct ice_plan {
  std::vector<std::string> stun_urls;
  std::vector<std::string> turn_urls;
  std::string turn_secret;  // shared with the TURN servers; empty: there are no credentials
  std::chrono::seconds turn_ttl{3600};

  bool operator==(ice_plan const&) const = default;
  [[nodiscard]] bool has_credentials() const { return !turn_urls.empty() && !turn_secret.empty(); }
};

}  // namespace waggle

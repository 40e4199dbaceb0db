// SPDX-License-Identifier: Apache-2.0
// Which ICE candidates of a client other clients may see: a choice of each tenant, and what it
// means for one pair of peers. Plain values.
#pragma once

#include <cstdint>
#include <optional>

namespace waggle::sdp {

enum class ice_policy : std::uint8_t {
  all,               // descriptions are relayed as they came
  no_host_cross_ip,  // host candidates only between peers behind the same public address
  relay_only,        // nothing but candidates of TURN servers
};

/// What is taken out of one description.
enum class ice_filter : std::uint8_t {
  no_host,     // host candidates, and whatever else tells an address inside the client's network
  relay_only,  // every candidate that is no relay candidate as well
};

/// @param same_public_ip  whether both peers are seen with one address.
/// @return nothing where the description is relayed as it came.
[[nodiscard]] constexpr std::optional<ice_filter> filter_between(ice_policy policy,
                                                                 bool same_public_ip) {
  switch (policy) {
    case ice_policy::all:
      return std::nullopt;
    case ice_policy::no_host_cross_ip:
      if (same_public_ip) return std::nullopt;
      return ice_filter::no_host;
    case ice_policy::relay_only:
      break;
  }
  return ice_filter::relay_only;
}

}  // namespace waggle::sdp

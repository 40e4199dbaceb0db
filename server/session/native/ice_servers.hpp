// SPDX-License-Identifier: Apache-2.0
// Where a client's ICE servers come from: an interface, so that conversations know nothing of
// secrets and of the wall clock. Implemented by server/ice_office.hpp and by tests.
#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

/// An RTCIceServer list, and how long its credentials are good.
struct ice_offer {
  std::string json = "[]";
  std::uint32_t ttl_s = 0;  // 0: for ever
};

/// Of TURN servers alone.
struct turn_offer {
  std::vector<std::string> urls;
  std::string username;
  std::string credential;
  std::uint32_t ttl_s = 0;
};

class ice_servers {
 public:
  ice_servers() = default;
  ice_servers(ice_servers const&) = delete;
  ice_servers& operator=(ice_servers const&) = delete;
  virtual ~ice_servers() = default;

  /// Any thread. For a client of the tenant, from now on.
  /// @param host  under which it has reached this server, without the port.
  [[nodiscard]] virtual ice_offer offer_to(tenant_id tenant, std::string_view host) const = 0;

  /// Any thread. Nothing: the tenant has no TURN server with credentials.
  [[nodiscard]] virtual std::optional<turn_offer> turn_for(tenant_id tenant) const = 0;
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Who tells clients of ICE servers: the STUN server of this process, those of the configuration,
// and credentials for TURN. A snapshot that is never changed; any thread.
#pragma once

#include "server/core/tenant_directory.hpp"
#include "server/session/native/ice_servers.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace waggle {

/// The STUN server of this process as clients reach it.
struct own_stun {
  std::string host;  // empty: as the client has reached this server
  std::uint16_t port = 0;
};

class ice_office final : public ice_servers {
 public:
  using wall_clock = std::function<std::chrono::sys_seconds()>;

  ice_office(std::shared_ptr<tenant_directory const> tenants, std::optional<own_stun> stun,
             wall_clock now)
      : tenants_(std::move(tenants)), stun_(std::move(stun)), now_(std::move(now)) {}

  [[nodiscard]] ice_offer offer_to(tenant_id tenant, std::string_view host) const override;
  [[nodiscard]] std::optional<turn_offer> turn_for(tenant_id tenant) const override;

 private:
  std::shared_ptr<tenant_directory const> tenants_;
  std::optional<own_stun> stun_;
  wall_clock now_;
};

}  // namespace waggle

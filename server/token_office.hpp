// SPDX-License-Identifier: Apache-2.0
// Where tokens are looked at: the keys and rules of every tenant, and what a good token is worth. A
// snapshot that is never changed; any thread.
#pragma once

#include "server/auth/token_verifier.hpp"
#include "server/session/token_gate.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace waggle {

/// By what a tenant's tokens are judged.
struct token_standard {
  std::string tenant;  // empty: of clients that name none
  std::shared_ptr<auth::key_set const> keys;
  std::string issuer;
  std::string audience;
  std::chrono::seconds leeway{30};
  std::chrono::seconds grace{0};
  std::uint32_t connections_max = UINT32_MAX;  // with one token that has a jti
};

class token_office final : public token_gate {
 public:
  using wall_clock = std::function<std::chrono::sys_seconds()>;
  using standards = std::unordered_map<tenant_id, token_standard>;

  token_office(standards of, wall_clock now) : standards_(std::move(of)), now_(std::move(now)) {}

  [[nodiscard]] token_verdict check(std::string_view token, tenant_id tenant) const override;
  [[nodiscard]] std::string claimed_tenant(std::string_view token) const override;

 private:
  standards standards_;
  wall_clock now_;
};

}  // namespace waggle

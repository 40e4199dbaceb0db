// SPDX-License-Identifier: Apache-2.0
// Whether a client that asks for a WebSocket is let in, as whose, and if not, why: tenant, origin,
// token, bans. Pure; what is counted (server/net) comes after it.
#pragma once

#include "protocol/ids.hpp"
#include "protocol/ip_address.hpp"
#include "server/core/grant.hpp"
#include "server/session/admission_reason.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace waggle {

class ban_list;
class tenant_directory;
class token_gate;

/// What of a request matters here. Views into the caller's head; an absent field is empty.
struct admission_request {
  std::string_view target;  // path and query
  std::string_view origin;
  ip_address address;  // of the client
};

struct admission_rules {
  tenant_directory const& tenants;
  ban_list const& bans;
  token_gate const* tokens;  // null: nobody can look at tokens
};

struct admission_decision {
  std::optional<admission_reason> refused{};
  tenant_id tenant = tenant_id::none;
  std::shared_ptr<grant const> token{};
};

[[nodiscard]] admission_decision decide_admission(admission_request const& request,
                                                  admission_rules const& rules);

}  // namespace waggle

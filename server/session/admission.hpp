// SPDX-License-Identifier: Apache-2.0
// Whether a client that asks for a WebSocket is let in, as whose, and if not, why: tenant, origin,
// token, bans. Pure; what is counted (server/net) comes after it.
#pragma once

#include "protocol/ids.hpp"
#include "protocol/ip_address.hpp"
#include "server/core/grant.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace waggle {

class ban_list;
class tenant_directory;
class token_gate;

/// In the order of the metrics' label (server/metrics/table.hpp).
enum class admission_answer : std::uint8_t {
  welcome,
  banned,          // the address, the tenant or the token
  tenant_unknown,  // the path or the token names one that is not there
  tenant_missing,  // none was named, and such are not served
  origin,          // the page is none of the tenant's
  token_missing,   // the tenant wants one
  token_invalid,   // it cannot be read, nobody known has signed it, or a claim is not in order
  token_expired,   // also of one that is not valid yet
  token_foreign,   // of another tenant, or for pages of another origin
  token_overused,  // as many connections as it may have
  tenant_full,     // as many connections as the tenant may have
};

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
  admission_answer why = admission_answer::welcome;
  tenant_id tenant = tenant_id::none;
  std::shared_ptr<grant const> token{};
};

[[nodiscard]] admission_decision decide_admission(admission_request const& request,
                                                  admission_rules const& rules);

/// What a refusal says: an HTTP status, and the seconds after which another try is worth while
/// (0: none is).
struct refusal_words {
  unsigned status = 403;
  std::string_view text;  // static
  unsigned retry_after_seconds = 0;
};

[[nodiscard]] refusal_words words_of(admission_answer why);

}  // namespace waggle

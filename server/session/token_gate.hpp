// SPDX-License-Identifier: Apache-2.0
// Who looks at tokens for handshakes and conversations: an interface, so that these know nothing of
// signatures, keys and the wall clock. Implemented by server/token_office.hpp and by tests.
#pragma once

#include "server/core/grant.hpp"
#include "server/session/admission_reason.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace waggle {

/// What became of a token.
struct token_verdict {
  std::shared_ptr<grant const> granted{};                      // null: it is no good
  admission_reason refused = admission_reason::token_invalid;  // then
};

class token_gate {
 public:
  token_gate() = default;
  token_gate(token_gate const&) = delete;
  token_gate& operator=(token_gate const&) = delete;
  virtual ~token_gate() = default;

  /// Any thread. Checks signature, time and claims with the keys of `tenant`, now.
  [[nodiscard]] virtual token_verdict check(std::string_view token, tenant_id tenant) const = 0;

  /// Any thread. The tenant that a token claims to be of, before anything of it is verified; empty:
  /// it claims none, or cannot be read.
  [[nodiscard]] virtual std::string claimed_tenant(std::string_view token) const = 0;
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Who looks at tokens for handshakes and conversations, and who counts them: interfaces, so that
// these know nothing of signatures, keys, the wall clock and other cores. Implemented by
// server/token_office.hpp, net/client_ledger.hpp and by tests.
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

/// A place among the connections that a token may have, given back at its end.
class token_seat {
 public:
  token_seat() = default;
  token_seat(token_seat const&) = delete;
  token_seat& operator=(token_seat const&) = delete;
  virtual ~token_seat() = default;
};

class token_seats {
 public:
  token_seats() = default;
  token_seats(token_seats const&) = delete;
  token_seats& operator=(token_seats const&) = delete;
  virtual ~token_seats() = default;

  /// Any thread. Null: there are as many connections as the token may have.
  [[nodiscard]] virtual std::unique_ptr<token_seat> take(grant const& with) = 0;
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

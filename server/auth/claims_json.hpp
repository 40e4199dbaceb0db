// SPDX-License-Identifier: Apache-2.0
// Claims as JSON, read strictly and written. Inside server/auth only.
#pragma once

#include "protocol/token_claims.hpp"
#include "server/auth/jose_library.hpp"

#include <optional>

namespace waggle::auth {

/// Nothing where `exp` is missing, a claim has the wrong type, or more than the limits is in one.
[[nodiscard]] std::optional<token_claims> read_claims(json_t const* object,
                                                      token_limits const& limits);

/// The inverse. Null where a string is not UTF-8.
[[nodiscard]] json_owner write_claims(token_claims const& claims);

}  // namespace waggle::auth

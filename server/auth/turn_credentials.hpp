// SPDX-License-Identifier: Apache-2.0
// Credentials for TURN servers that share a secret with this one, as coturn's `use-auth-secret` and
// others check them (draft-uberti-behave-turn-rest): they name their own end. Pure but for OpenSSL.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace waggle::auth {

struct turn_credentials {
  std::string username;    // seconds since the epoch at which they end, and a name
  std::string credential;  // base64 of the HMAC-SHA1 of that
};

/// @param name  tells users apart in the log of the TURN server; empty: none.
[[nodiscard]] turn_credentials mint_turn_credentials(std::string_view secret,
                                                     std::chrono::sys_seconds until,
                                                     std::string_view name);

}  // namespace waggle::auth

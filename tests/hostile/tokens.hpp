// SPDX-License-Identifier: Apache-2.0
// Tokens of a provider's backend, and such as an attacker makes of them. Pure but for the clock.
#pragma once

#include "protocol/token_claims.hpp"
#include "tests/support/ws_client.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace waggle::test {

inline constexpr std::string_view secret_of_a = "the secret of tenant a which is long enough";
inline constexpr std::string_view secret_of_b = "the secret of tenant b which is long enough";

/// Claims for the next ten minutes, or those that ended a while ago.
[[nodiscard]] token_claims claims_for(std::string const& tenant,
                                      std::chrono::seconds lifetime = std::chrono::minutes{10});

/// A token signed with HS256. Throws std::runtime_error if the claims are no good.
[[nodiscard]] std::string signed_by(std::string_view secret, token_claims const& claims);

/// The same token with the header `alg: none`, without a signature.
[[nodiscard]] std::string unsecured(std::string const& token);

/// The token with the payload of another one, and its own signature.
[[nodiscard]] std::string with_payload_of(std::string const& token, std::string const& other);

/// Connects to a path with the token in its query.
[[nodiscard]] ws_options showing(std::string const& token, std::string const& path = "/");

/// An announce with the token in a field of its own.
[[nodiscard]] std::string with_token(std::string announce, std::string const& token);

}  // namespace waggle::test

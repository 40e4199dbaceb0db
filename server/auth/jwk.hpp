// SPDX-License-Identifier: Apache-2.0
// One JSON Web Key (RFC 7517): is it one that we can use, and if not, why. Inside server/auth only.
#pragma once

#include "server/auth/jose_library.hpp"
#include "server/auth/key_set.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace waggle::auth {

enum class key_purpose : std::uint8_t { verify, sign };

/// Exactly one of the three is there.
struct jwk_reading {
  std::optional<verification_key> key;  // with its private half if it is to sign
  std::string problem;                  // it is broken, or too weak
  std::string passed_over;              // nothing is wrong with it, but it is not for this purpose
};

[[nodiscard]] jwk_reading read_jwk(json_t const* jwk, key_purpose purpose,
                                   key_limits const& limits);

/// A shared secret as a JWK, for read_jwk().
[[nodiscard]] json_owner jwk_of_secret(std::string_view bytes);

/// What is wrong with a kid in words; empty: nothing.
[[nodiscard]] std::string kid_problem(std::string_view kid, key_limits const& limits);

/// Control characters, which have no place in a name.
[[nodiscard]] bool has_control_characters(std::string_view text);

}  // namespace waggle::auth

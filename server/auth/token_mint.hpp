// SPDX-License-Identifier: Apache-2.0
// Makes tokens: for `waggle token` and the tests. The server itself never signs one. No I/O.
#pragma once

#include "protocol/token_claims.hpp"
#include "server/auth/key_set.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::auth {

/// A secret, or a private key.
struct signing_key {
  std::string kid;  // empty: the token names none
  signature_algorithm algorithm{};
  std::shared_ptr<json_t const> jwk;
};

struct signing_key_outcome {
  std::optional<signing_key> key;
  std::string problem;  // in words, where there is no key; never a part of one
};

/// For HS256.
[[nodiscard]] signing_key_outcome signing_key_of_secret(std::string_view bytes,
                                                        key_limits const& limits = {});

/// @param text  one JWK (RFC 7517 section 4): `oct`, or the private key of RSA or EC on P-256.
[[nodiscard]] signing_key_outcome signing_key_of_jwk(std::string_view text,
                                                     key_limits const& limits = {});

struct mint_outcome {
  std::optional<std::string> token;
  std::string problem;  // in words, where there is no token
};

/// Makes only what verify() reads.
[[nodiscard]] mint_outcome mint(token_claims const& claims, signing_key const& key,
                                token_limits const& limits = {});

}  // namespace waggle::auth

// SPDX-License-Identifier: Apache-2.0
// Keys made at run time, and tokens of any form: those that mint() makes, and those that it never
// would. Tests only.
#pragma once

#include "server/auth/key_set.hpp"
#include "server/auth/token_mint.hpp"
#include "server/auth/token_verifier.hpp"

#include <gtest/gtest.h>
#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace waggle::auth::test {

using namespace std::chrono_literals;

inline constexpr std::chrono::sys_seconds now{1'800'000'000s};
inline std::string const secret(32, 's');

[[nodiscard]] std::string base64url(std::string_view bytes);

/// A new private JWK in text: "RS256" (2048 bits), "ES256", or another that libjose knows.
[[nodiscard]] std::string new_jwk(char const* algorithm);

/// `jwk` with this member set to a value in JSON; an empty value takes it away.
[[nodiscard]] std::string with(std::string_view jwk, char const* name, std::string_view json);

/// A private key of this process, made once: one of RSA takes a second.
[[nodiscard]] std::string const& rsa_jwk();
[[nodiscard]] std::string const& ec_jwk();

/// The public half in PEM.
[[nodiscard]] std::string public_pem_of(EVP_PKEY& key);
[[nodiscard]] std::string public_pem_of_jwk(std::string_view jwk);

/// Fails the test if there are problems.
[[nodiscard]] std::shared_ptr<key_set const> keys_of(key_sources const& sources);
[[nodiscard]] std::shared_ptr<key_set const> keys_of_secret(std::string const& kid = "");
[[nodiscard]] std::shared_ptr<key_set const> keys_of_jwk(std::string const& text);

[[nodiscard]] signing_key signer_of_secret(std::string const& kid = "");
[[nodiscard]] signing_key signer_of_jwk(std::string_view text);

/// Good for ten minutes from now.
[[nodiscard]] token_claims good_claims();
[[nodiscard]] std::string minted(token_claims const& claims, signing_key const& key);

/// HS256 over exactly these texts, whatever they are.
struct raw_token {
  std::string header = R"({"alg":"HS256"})";
  std::string payload = R"({"exp":1800000600})";
  std::string key = secret;

  [[nodiscard]] std::string text() const;
};

/// The reason for which a token is refused; "accepted".
[[nodiscard]] std::string outcome(std::string_view token, key_set const& keys,
                                  token_rules const& rules = {.now = now});

}  // namespace waggle::auth::test

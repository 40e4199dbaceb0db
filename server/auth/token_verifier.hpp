// SPDX-License-Identifier: Apache-2.0
// Is a token (a JWT in compact form, RFC 7519 and 7515) signed by one of our keys, meant for us,
// and valid now? No I/O, clock or lock: any thread, many at the same time with one set of keys.
#pragma once

#include "protocol/token_claims.hpp"
#include "server/auth/key_set.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::auth {

/// What a token is held against.
struct token_rules {
  std::chrono::sys_seconds now{};
  std::chrono::seconds leeway{0};  // by which our clock and the issuer's may differ
  std::chrono::seconds grace{0};   // for which an expired token still verifies
  std::string_view tenant;         // whose keys these are; a token that names another is refused
  std::string_view issuer;         // empty: any, or none
  std::string_view audience;       // empty: only tokens without `aud` (RFC 7519 section 4.1.3)
  std::size_t tries_max = 4;       // keys that are tried for a token without kid
};

enum class token_refusal : std::uint8_t {
  malformed,      // not a JWT that we read: form, size, header
  unknown_key,    // no key with its kid, or none for its algorithm
  bad_signature,  // by none of the keys that it may be signed with
  expired,        // past the grace, too
  not_yet_valid,  // nbf
  wrong_issuer,
  wrong_audience,
  wrong_tenant,
  bad_claims,  // exp is missing; a claim has the wrong type or is too large
};

/// "bad_signature": for labels of metrics and log lines.
[[nodiscard]] char const* to_text(token_refusal why);

struct verified_token {
  token_claims claims;
  token_id id;
  bool in_grace = false;  // it has expired, and rules.grace lets it in once more
};

/// has_value(), operator* and error(); there is no value() that throws.
using token_verdict = boost::system::result<verified_token, token_refusal>;

/// With a kid exactly that key is tried. Without one, those that fit the algorithm, in their order,
/// up to rules.tries_max.
[[nodiscard]] token_verdict verify(std::string_view token, key_set const& keys,
                                   token_rules const& rules, token_limits const& limits = {});

/// Which tenant a token claims to be of, so that its keys can be found. Not verified: good for
/// nothing else. Empty: it does not say, or is no token at all.
[[nodiscard]] std::string claimed_tenant(std::string_view token, token_limits const& limits = {});

/// The name that verify() gives a token with this `jti`, to revoke it without having it.
[[nodiscard]] token_id token_id_of(std::string_view tenant, std::string_view jti);

}  // namespace waggle::auth

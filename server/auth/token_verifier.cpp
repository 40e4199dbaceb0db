// SPDX-License-Identifier: Apache-2.0
#include "server/auth/token_verifier.hpp"

#include "server/auth/claims_json.hpp"
#include "server/auth/compact_token.hpp"
#include "server/auth/jose_library.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace waggle::auth {
namespace {

/// The token in the form that libjose verifies: RFC 7515 section 7.2.2. All three are base64url.
json_owner flattened(compact_token const& token) {
  json_owner jws{json_object()};
  auto const put = [&jws](char const* name, std::string_view text) {
    if (json_object_set_new(jws.get(), name, json_text(text).release()) != 0) {
      throw std::bad_alloc{};
    }
  };
  put("payload", token.payload);
  put("protected", token.header);
  put("signature", token.signature);
  return jws;
}

std::optional<token_refusal> check_signature(compact_token const& token, token_header const& header,
                                             key_set const& keys, std::size_t tries_max) {
  auto tried = std::size_t{0};
  json_owner jws;
  for (auto const& key : keys.keys()) {
    if (header.kid && key.kid != *header.kid) continue;
    // The key says which algorithm it is for; a token that says otherwise is not tried with it.
    if (header.algorithm != to_text(key.algorithm)) continue;
    if (tried++ == tries_max) break;
    if (!jws) jws = flattened(token);
    quiet_call const quiet;
    if (jose_jws_ver(quiet.config(), jws.get(), nullptr, key.jwk.get(), /*all=*/true)) {
      return std::nullopt;
    }
  }
  return tried == 0 ? token_refusal::unknown_key : token_refusal::bad_signature;
}

std::optional<token_refusal> check_claims(token_claims const& claims, token_rules const& rules) {
  if (!rules.tenant.empty() && !claims.tenant.empty() && claims.tenant != rules.tenant) {
    return token_refusal::wrong_tenant;
  }
  if (!rules.issuer.empty() && claims.issuer != rules.issuer) return token_refusal::wrong_issuer;
  auto const& meant_for = claims.audiences;
  auto const ours = std::find(meant_for.begin(), meant_for.end(), rules.audience);
  auto const said = !meant_for.empty() || !rules.audience.empty();
  if (said && ours == meant_for.end()) return token_refusal::wrong_audience;
  if (claims.not_before && rules.now + rules.leeway < *claims.not_before) {
    return token_refusal::not_yet_valid;
  }
  if (rules.now >= claims.expires + rules.leeway + rules.grace) return token_refusal::expired;
  return std::nullopt;
}

/// The kind keeps a `jti` from naming the text of another token; the length of the tenant keeps it
/// apart from what follows.
token_id digest(char kind, std::string_view tenant, std::string_view rest) {
  std::string text{kind};
  text += std::to_string(tenant.size());
  text += ':';
  text += tenant;
  text += rest;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> whole{};
  SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(), whole.data());
  token_id id;
  std::copy_n(whole.begin(), id.value.size(), id.value.begin());
  return id;
}

}  // namespace

char const* to_text(token_refusal why) {
  switch (why) {
    case token_refusal::malformed:
      return "malformed";
    case token_refusal::unknown_key:
      return "unknown_key";
    case token_refusal::bad_signature:
      return "bad_signature";
    case token_refusal::expired:
      return "expired";
    case token_refusal::not_yet_valid:
      return "not_yet_valid";
    case token_refusal::wrong_issuer:
      return "wrong_issuer";
    case token_refusal::wrong_audience:
      return "wrong_audience";
    case token_refusal::wrong_tenant:
      return "wrong_tenant";
    case token_refusal::bad_claims:
      return "bad_claims";
  }
  return "";
}

token_verdict verify(std::string_view token, key_set const& keys, token_rules const& rules,
                     token_limits const& limits) {
  auto const parts = split_token(token, limits);
  if (!parts) return token_refusal::malformed;
  auto const header = read_header(parts->header_text, limits);
  if (!header) return token_refusal::malformed;
  if (auto const why = check_signature(*parts, *header, keys, rules.tries_max)) return *why;
  // Nothing that the token says is read before it is known who says it.
  auto claims = read_claims(parse_json(parts->payload_text).get(), limits);
  if (!claims) return token_refusal::bad_claims;
  if (auto const why = check_claims(*claims, rules)) return *why;

  auto const tenant = claims->tenant.empty() ? rules.tenant : std::string_view{claims->tenant};
  auto const id = claims->id.empty() ? digest('t', tenant, parts->signed_text)
                                     : token_id_of(tenant, claims->id);
  auto const in_grace = rules.now >= claims->expires + rules.leeway;
  return verified_token{.claims = std::move(*claims), .id = id, .in_grace = in_grace};
}

std::string claimed_tenant(std::string_view token, token_limits const& limits) {
  auto const parts = split_token(token, limits);
  if (!parts) return {};
  auto const claims = read_claims(parse_json(parts->payload_text).get(), limits);
  return claims ? claims->tenant : std::string{};
}

token_id token_id_of(std::string_view tenant, std::string_view jti) {
  return digest('j', tenant, jti);
}

}  // namespace waggle::auth

// SPDX-License-Identifier: Apache-2.0
#include "server/auth/token_mint.hpp"

#include "server/auth/claims_json.hpp"
#include "server/auth/compact_token.hpp"
#include "server/auth/jwk.hpp"

namespace waggle::auth {
namespace {

signing_key_outcome signing_key_of(jwk_reading reading) {
  if (!reading.key) return {.problem = reading.problem + reading.passed_over};
  return {.key = signing_key{.kid = std::move(reading.key->kid),
                             .algorithm = reading.key->algorithm,
                             .jwk = std::move(reading.key->jwk)}};
}

json_owner signature_template(signing_key const& key) {
  json_owner header{json_pack("{s:s, s:s}", "alg", to_text(key.algorithm), "typ", "JWT")};
  if (!key.kid.empty() &&
      json_object_set_new(header.get(), "kid", json_text(key.kid).release()) != 0) {
    return nullptr;
  }
  return json_owner{json_pack("{s:o}", "protected", header.release())};
}

/// What libjose signed, in compact form; nothing if it did not.
std::optional<std::string> compact(json_t const* jws) {
  std::string token;
  for (auto const* part : {"protected", "payload", "signature"}) {
    auto const text = text_of(json_object_get(jws, part));
    if (!text) return std::nullopt;
    if (!token.empty()) token += '.';
    token += *text;
  }
  return token;
}

}  // namespace

signing_key_outcome signing_key_of_secret(std::string_view bytes, key_limits const& limits) {
  if (bytes.size() > limits.secret_bytes_max) {
    return {.problem = "more than " + std::to_string(limits.secret_bytes_max) + " bytes"};
  }
  return signing_key_of(read_jwk(jwk_of_secret(bytes).get(), key_purpose::sign, limits));
}

signing_key_outcome signing_key_of_jwk(std::string_view text, key_limits const& limits) {
  auto const jwk = parse_json(text);
  if (!jwk) return {.problem = "not JSON, or a name occurs twice"};
  if (json_object_get(jwk.get(), "keys") != nullptr) {
    return {.problem = "a JWK Set; one of its keys is needed"};
  }
  return signing_key_of(read_jwk(jwk.get(), key_purpose::sign, limits));
}

mint_outcome mint(token_claims const& claims, signing_key const& key, token_limits const& limits) {
  auto const payload = write_claims(claims);
  auto const signature = signature_template(key);
  if (!payload || !signature) return {.problem = "a claim or the kid is not UTF-8"};
  if (!read_claims(payload.get(), limits)) {
    return {.problem = "a claim is too long, holds control characters, or a * before its end"};
  }
  json_owner const jws{json_pack("{s:o}", "payload", jose_b64_enc_dump(payload.get()))};
  quiet_call const quiet;
  // Signing with halves that do not belong together succeeds; verifying shows it.
  auto* const config = quiet.config();
  if (!jws || !jose_jws_sig(config, jws.get(), signature.get(), key.jwk.get()) ||
      !jose_jws_ver(config, jws.get(), nullptr, key.jwk.get(), /*all=*/true)) {
    return {.problem = "the halves of the key do not belong together"};
  }
  auto token = compact(jws.get());
  if (!token) return {.problem = "libjose did not sign"};
  if (token->size() > limits.token_bytes_max) {
    return {.problem = "the token has " + std::to_string(token->size()) + " bytes, at most " +
                       std::to_string(limits.token_bytes_max)};
  }
  auto const parts = split_token(*token, limits);
  if (!parts || !read_header(parts->header_text, limits)) return {.problem = "the kid is too long"};
  return {.token = std::move(token)};
}

}  // namespace waggle::auth

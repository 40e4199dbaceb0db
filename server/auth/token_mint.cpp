// SPDX-License-Identifier: Apache-2.0
#include "server/auth/token_mint.hpp"

#include "server/auth/claims_json.hpp"
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

}  // namespace

signing_key_outcome signing_key_of_secret(std::string_view bytes, key_limits const& limits) {
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

std::optional<std::string> mint(token_claims const& claims, signing_key const& key) {
  auto const payload = write_claims(claims);
  auto const signature = signature_template(key);
  if (!payload || !signature) return std::nullopt;
  json_owner const jws{json_pack("{s:o}", "payload", jose_b64_enc_dump(payload.get()))};
  quiet_call const quiet;
  if (!jws || !jose_jws_sig(quiet.config(), jws.get(), signature.get(), key.jwk.get())) {
    return std::nullopt;
  }
  if (!jose_jws_ver(quiet.config(), jws.get(), nullptr, key.jwk.get(), /*all=*/true)) {
    return std::nullopt;
  }
  std::string token;
  for (auto const* part : {"protected", "payload", "signature"}) {
    auto const text = text_of(json_object_get(jws.get(), part));
    if (!text) return std::nullopt;
    if (!token.empty()) token += '.';
    token += *text;
  }
  return token;
}

}  // namespace waggle::auth

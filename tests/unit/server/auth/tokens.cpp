// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/server/auth/tokens.hpp"

#include "server/auth/jose_library.hpp"

#include <openssl/bio.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <array>
#include <cstdlib>

namespace waggle::auth::test {
namespace {

std::string text_and_free(char* text) {
  std::string copy{text};
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): of json_dumps
  return copy;
}

}  // namespace

std::string base64url(std::string_view bytes) {
  if (bytes.empty()) return {};
  json_owner const encoded{jose_b64_enc(bytes.data(), bytes.size())};
  return std::string{text_of(encoded.get()).value()};
}

std::string new_jwk(char const* algorithm) {
  json_owner const jwk{json_pack("{s:s}", "alg", algorithm)};
  EXPECT_TRUE(jose_jwk_gen(nullptr, jwk.get())) << algorithm;
  return text_and_free(json_dumps(jwk.get(), 0));
}

std::string with(std::string_view jwk, char const* name, std::string_view json) {
  auto const object = parse_json(jwk);
  if (json.empty()) {
    json_object_del(object.get(), name);
  } else {
    json_object_set_new(object.get(), name,
                        json_loadb(json.data(), json.size(), JSON_DECODE_ANY, nullptr));
  }
  return text_and_free(json_dumps(object.get(), 0));
}

std::string public_pem_of(EVP_PKEY& key) {
  std::unique_ptr<BIO, decltype(&BIO_free)> const out{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_PUBKEY(out.get(), &key);
  std::string pem(BIO_ctrl_pending(out.get()), '\0');
  BIO_read(out.get(), pem.data(), static_cast<int>(pem.size()));
  return pem;
}

std::string public_pem_of_jwk(std::string_view jwk) {
  pkey_owner const key{jose_openssl_jwk_to_EVP_PKEY(nullptr, parse_json(jwk).get())};
  EXPECT_TRUE(key);
  return public_pem_of(*key);
}

std::string const& rsa_jwk() {
  static auto const jwk = new_jwk("RS256");
  return jwk;
}

std::string const& ec_jwk() {
  static auto const jwk = new_jwk("ES256");
  return jwk;
}

std::shared_ptr<key_set const> keys_of(key_sources const& sources) {
  auto outcome = make_key_set(sources);
  for (auto const& problem : outcome.problems) ADD_FAILURE() << problem;
  return outcome.keys ? outcome.keys : std::make_shared<key_set const>();
}

std::shared_ptr<key_set const> keys_of_secret(std::string const& kid) {
  return keys_of({.secrets = {{kid, secret}}});
}

std::shared_ptr<key_set const> keys_of_jwk(std::string const& text) {
  return keys_of({.jwk_set = text});
}

signing_key signer_of_secret(std::string const& kid) {
  auto key = signing_key_of_secret(secret).key.value();
  key.kid = kid;
  return key;
}

signing_key signer_of_jwk(std::string_view text) {
  auto const outcome = signing_key_of_jwk(text);
  EXPECT_EQ(outcome.problem, "");
  return outcome.key.value();
}

token_claims good_claims() {
  return {.expires = now + 10min};
}

std::string minted(token_claims const& claims, signing_key const& key) {
  auto const outcome = mint(claims, key);
  EXPECT_EQ(outcome.problem, "");
  return outcome.token.value_or("");
}

std::string raw_token::text() const {
  auto const text = base64url(header) + '.' + base64url(payload);
  std::array<unsigned char, 32> code{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<unsigned char const*>(text.data()), text.size(), code.data(), nullptr);
  return text + '.' + base64url({reinterpret_cast<char const*>(code.data()), code.size()});
}

std::string outcome(std::string_view token, key_set const& keys, token_rules const& rules) {
  auto const verdict = verify(token, keys, rules);
  return verdict ? "accepted" : to_text(verdict.error());
}

}  // namespace waggle::auth::test

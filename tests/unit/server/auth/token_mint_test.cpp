// SPDX-License-Identifier: Apache-2.0
// Minted tokens verify, and keys that cannot sign are named.
#include "tests/unit/server/auth/tokens.hpp"

#include <gmock/gmock.h>

namespace waggle::auth::test {
namespace {

using testing::HasSubstr;

token_claims everything() {
  return {.expires = now + 10min,
          .not_before = now,
          .issuer = "site",
          .audiences = {"us"},
          .id = "t1",
          .subject = "viewer \u00e9",
          .tenant = "acme",
          .swarms = {{"abc", "live/*"}},
          .origin_globs = std::vector<std::string>{},
          .caps = {.connections = 2, .swarms = 0, .offers = 4'294'967'295}};
}

TEST(TokenMint, WhatIsMintedIsVerifiedWithTheSameClaims) {
  struct pair {
    signing_key signer;
    std::shared_ptr<key_set const> keys;
  };
  for (auto const& [signer, keys] : {pair{signer_of_secret("k"), keys_of_secret("k")},
                                     pair{signer_of_jwk(rsa_jwk()), keys_of_jwk(rsa_jwk())},
                                     pair{signer_of_jwk(ec_jwk()), keys_of_jwk(ec_jwk())}}) {
    auto const verdict =
        verify(minted(everything(), signer), *keys, {.now = now, .audience = "us"});

    ASSERT_TRUE(verdict) << to_text(verdict.error());
    EXPECT_EQ(verdict->claims, everything());
  }
}

TEST(TokenMint, AJwkWithASecretSigns) {
  auto const jwk = R"({"kty":"oct","kid":"k","k":")" + base64url(secret) + "\"}";

  EXPECT_EQ(outcome(minted(good_claims(), signer_of_jwk(jwk)), *keys_of_secret("k")), "accepted");
}

TEST(TokenMint, KeysThatCannotSignAreRefusedInWords) {
  auto const problem = [](std::string const& jwk) {
    auto const outcome = signing_key_of_jwk(jwk);
    EXPECT_FALSE(outcome.key);
    return outcome.problem;
  };
  EXPECT_THAT(problem(with(ec_jwk(), "d", "")), HasSubstr("d is missing"));
  EXPECT_THAT(problem(with(ec_jwk(), "key_ops", R"(["verify"])")), HasSubstr("\"sign\""));
  EXPECT_THAT(problem("x"), HasSubstr("not JSON"));
  EXPECT_THAT(problem(R"({"keys":[]})"), HasSubstr("JWK Set"));
  EXPECT_THAT(problem(new_jwk("ES384")), HasSubstr("ES256"));
  EXPECT_THAT(signing_key_of_secret("short").problem, HasSubstr("at least 32"));
}

TEST(TokenMint, HalvesOfTwoKeysSignNothing) {
  auto mixed = with(rsa_jwk(), "d", R"("AQAB")");
  for (auto const* const name : {"p", "q", "dp", "dq", "qi"}) mixed = with(mixed, name, "");

  auto const outcome = mint(good_claims(), signer_of_jwk(mixed));

  EXPECT_EQ(outcome.token, std::nullopt);
  EXPECT_THAT(outcome.problem, HasSubstr("halves"));
}

TEST(TokenMint, WhatTheServerWouldRefuseIsNotMade) {
  auto const problem = [](auto const& change) {
    auto claims = good_claims();
    auto key = signer_of_secret("k");
    change(claims, key);
    auto const outcome = mint(claims, key);
    EXPECT_FALSE(outcome.token);
    return outcome.problem;
  };
  EXPECT_THAT(problem([](auto& claims, auto&) { claims.subject = "\xff"; }), HasSubstr("UTF-8"));
  EXPECT_THAT(problem([](auto& claims, auto&) { claims.id = "a\nb"; }), HasSubstr("control"));
  EXPECT_THAT(problem([](auto& claims, auto&) { claims.swarms = {{"a*b"}}; }), HasSubstr("*"));
  EXPECT_THAT(problem([](auto& claims, auto&) {
                claims.swarms = std::vector<std::string>(10, std::string(400, 's'));
              }),
              HasSubstr("at most 4096"));
  EXPECT_THAT(problem([](auto&, auto& key) { key.kid = std::string(257, 'k'); }), HasSubstr("kid"));
  EXPECT_THAT(problem([](auto&, auto& key) { key.kid = "\xff"; }), HasSubstr("UTF-8"));
}

}  // namespace
}  // namespace waggle::auth::test

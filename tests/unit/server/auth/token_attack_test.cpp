// SPDX-License-Identifier: Apache-2.0
// Tokens that somebody made to get in: RFC 8725 sections 2 and 3, and what parsers get wrong.
#include "server/auth/jose_library.hpp"
#include "tests/unit/server/auth/tokens.hpp"

#include <gmock/gmock.h>

namespace waggle::auth::test {
namespace {

using testing::AnyOf;

std::string outcome_of_header(std::string const& header) {
  return outcome(raw_token{.header = header}.text(), *keys_of_secret("k"));
}

TEST(TokenAttack, WithoutASignatureNothingIsAccepted) {
  EXPECT_EQ(outcome_of_header(R"({"alg":"HS256"})"), "accepted");
  for (auto const* const none : {"none", "None", "NONE", "nOnE", ""}) {
    EXPECT_EQ(outcome_of_header(std::string{R"({"alg":")"} + none + "\"}"), "unknown_key");
  }
  auto const signed_text = base64url(R"({"alg":"none"})") + '.' + base64url(raw_token{}.payload);
  EXPECT_EQ(outcome(signed_text + '.', *keys_of_secret()), "malformed");
  EXPECT_EQ(outcome(signed_text, *keys_of_secret()), "malformed");
  auto const good = raw_token{}.text();
  EXPECT_EQ(outcome(good.substr(0, good.rfind('.') + 1), *keys_of_secret()), "malformed");
}

TEST(TokenAttack, APublicKeyIsNoSharedSecret) {
  auto const pem = public_pem_of_jwk(rsa_jwk());
  auto const keys = keys_of({.public_pems = {{"k", pem}}});

  EXPECT_EQ(outcome(raw_token{.key = pem}.text(), *keys), "unknown_key");
  EXPECT_EQ(outcome(raw_token{.header = R"({"alg":"HS256","kid":"k"})", .key = pem}.text(), *keys),
            "unknown_key");
  EXPECT_NE(outcome(raw_token{.header = R"({"alg":"RS256","kid":"k"})", .key = pem}.text(), *keys),
            "accepted");
}

TEST(TokenAttack, AlgorithmsOutsideTheListAreUnknown) {
  for (auto const* const other :
       {"HS384", "HS512", "RS384", "PS256", "ES384", "ES512", "EdDSA", "hs256", "HS256 "}) {
    EXPECT_EQ(outcome_of_header(std::string{R"({"alg":")"} + other + "\"}"), "unknown_key");
  }
}

TEST(TokenAttack, AnotherAlgorithmThanTheKeysIsNotTried) {
  auto const keys = keys_of_jwk(with(ec_jwk(), "kid", R"("k")"));
  auto const token = minted(good_claims(), signer_of_jwk(with(rsa_jwk(), "kid", R"("k")")));

  EXPECT_EQ(outcome(token, *keys), "unknown_key");
}

TEST(TokenAttack, AWrongKidIsNotMadeUpForByAKeyThatFits) {
  auto const keys = keys_of({.secrets = {{"a", std::string(32, 'a')}, {"b", secret}}});
  auto const signed_with_b = [](std::string const& kid) {
    return raw_token{.header = R"({"alg":"HS256","kid":)" + kid + "}"}.text();
  };

  EXPECT_EQ(outcome(signed_with_b(R"("b")"), *keys), "accepted");
  EXPECT_EQ(outcome(signed_with_b(R"("a")"), *keys), "bad_signature");
  EXPECT_EQ(outcome(signed_with_b(R"("c")"), *keys), "unknown_key");
  EXPECT_EQ(outcome(signed_with_b(R"("B")"), *keys), "unknown_key");
  for (auto const* const kid : {R"("")", "5", "null", R"(["b"])", R"("b\u0000")"}) {
    EXPECT_EQ(outcome(signed_with_b(kid), *keys), "malformed") << kid;
  }
  EXPECT_EQ(outcome(signed_with_b('"' + std::string(257, 'b') + '"'), *keys), "malformed");
  EXPECT_EQ(outcome(signed_with_b(R"("b")"), *keys_of_secret()), "unknown_key");
}

TEST(TokenAttack, KeysThatTheTokenBringsAlongAreNotUsed) {
  auto const attacker = new_jwk("ES256");
  auto const token = minted(good_claims(), signer_of_jwk(attacker));
  auto const parts = token.substr(token.find('.'));
  auto const header = base64url(R"({"alg":"ES256","jwk":)" + attacker + "}");

  EXPECT_EQ(outcome(token, *keys_of_jwk(ec_jwk())), "bad_signature");
  EXPECT_EQ(outcome(header + parts, *keys_of_jwk(ec_jwk())), "bad_signature");
}

TEST(TokenAttack, WhatTheHeaderAsksForBeyondASignatureIsRefused) {
  for (auto const* const further :
       {R"("crit":["exp"],"exp":1)", R"("crit":[])", R"("b64":false)", R"("b64":true)",
        R"("cty":"JWT")", R"("enc":"A128GCM")", R"("zip":"DEF")"}) {
    EXPECT_EQ(outcome_of_header(std::string{R"({"alg":"HS256",)"} + further + "}"), "malformed");
  }
  EXPECT_EQ(outcome_of_header(R"({"alg":"HS256","typ":"JWT","x":[1]})"), "accepted");
}

TEST(TokenAttack, ANestedTokenIsRefused) {
  EXPECT_EQ(outcome(raw_token{.payload = raw_token{}.text()}.text(), *keys_of_secret()),
            "bad_claims");
  EXPECT_EQ(outcome(raw_token{.payload = '"' + raw_token{}.text() + '"'}.text(), *keys_of_secret()),
            "bad_claims");
}

TEST(TokenAttack, NamesThatOccurTwiceAreRefused) {
  EXPECT_EQ(outcome_of_header(R"({"alg":"none","alg":"HS256"})"), "malformed");
  for (auto const* const payload :
       {R"({"exp":1,"exp":1800000600})", R"({"exp":1800000600,"e\u0078p":1})",
        R"({"exp":1800000600,"cap":{"swarms":1,"swarms":2}})"}) {
    EXPECT_EQ(outcome(raw_token{.payload = payload}.text(), *keys_of_secret()), "bad_claims");
  }
}

TEST(TokenAttack, HeadersThatAreNoObjectAreMalformed) {
  for (auto const* const header :
       {"", "x", "[]", "5", R"("HS256")", "{}", R"({"alg":5})", R"({"alg":null})",
        R"({"alg":["HS256"]})", R"({"alg":"HS256"} x)", R"({"alg":"HS256","a":"\ud800"})",
        "{\"alg\":\"HS256\",\"a\":\"\xff\"}", R"({"alg":"HS256\u0000"})"}) {
    EXPECT_EQ(outcome_of_header(header), "malformed") << header;
  }
}

TEST(TokenAttack, PayloadsThatAreNoObjectAreBadClaims) {
  for (auto const* const payload :
       {"x", "[]", "1800000600", "null", "{\"exp\":1800000600,\"a\":\"\xff\"}",
        R"({"exp":1800000600} {})", R"({"exp":1e999})"}) {
    EXPECT_EQ(outcome(raw_token{.payload = payload}.text(), *keys_of_secret()), "bad_claims")
        << payload;
  }
}

TEST(TokenAttack, DeepNestingIsSurvived) {
  token_limits const wide{.token_bytes_max = 1'000'000};
  std::string const deep(100'000, '[');
  auto const nested = raw_token{.payload = R"({"exp":1800000600,"a":)" + deep}.text();

  EXPECT_EQ(verify(nested, *keys_of_secret(), {.now = now}, wide).error(),
            token_refusal::bad_claims);
  EXPECT_EQ(verify(raw_token{.header = deep}.text(), *keys_of_secret(), {.now = now}, wide).error(),
            token_refusal::malformed);
}

TEST(TokenAttack, ATokenPastTheLimitIsNotLookedAt) {
  auto const of_size = [](std::size_t padding) {
    return raw_token{.payload = R"({"exp":1800000600,"a":")" + std::string(padding, 'a') + "\"}"}
        .text();
  };
  auto padding = std::size_t{2'900};
  while (of_size(padding).size() < 4096) ++padding;
  ASSERT_EQ(of_size(padding).size(), 4096U);

  EXPECT_EQ(outcome(of_size(padding), *keys_of_secret()), "accepted");
  EXPECT_EQ(outcome(of_size(padding + 1), *keys_of_secret()), "malformed");
  EXPECT_EQ(outcome(of_size(1'000'000), *keys_of_secret()), "malformed");
}

TEST(TokenAttack, OnlyTheOneFormOfBase64IsRead) {
  auto const token = raw_token{}.text();
  ASSERT_EQ(outcome(token, *keys_of_secret()), "accepted");
  for (std::string const& changed :
       {token + "=", token + "==", token + "\n", ' ' + token, token + ".", token + ".a",
        '.' + token, "a." + token, token + std::string(1, '\0'), token + "\xc3\xa9"}) {
    EXPECT_EQ(outcome(changed, *keys_of_secret()), "malformed") << changed;
  }
  // The last character of 32 bytes in base64 carries two bits that say nothing.
  auto loose = token;
  loose.back() = static_cast<char>(loose.back() + 1);
  EXPECT_THAT(outcome(loose, *keys_of_secret()), AnyOf("malformed", "bad_signature"));
}

TEST(TokenAttack, TextsThatAreNoTokensAreMalformed) {
  for (auto const* const text : {"", ".", "..", "...", "a.b", "a.b.c", "a..c", "eyJ9..",
                                 "\xff.\xff.\xff", "e30.e30.e30.e30.e30"}) {
    EXPECT_EQ(outcome(text, *keys_of_secret()), "malformed") << text;
  }
}

TEST(TokenAttack, EveryChangeOfACharacterIsNoticed) {
  for (auto const& token : {minted(good_claims(), signer_of_secret()),
                            minted(good_claims(), signer_of_jwk(ec_jwk()))}) {
    auto const keys = keys_of({.secrets = {{"", secret}}, .jwk_set = ec_jwk()});
    ASSERT_EQ(outcome(token, *keys), "accepted");

    for (std::size_t i = 0; i < token.size(); ++i) {
      auto changed = token;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_NE(outcome(changed, *keys), "accepted") << i;
    }
  }
}

TEST(TokenAttack, AnEmptySetOfKeysAcceptsNothing) {
  EXPECT_EQ(outcome(raw_token{}.text(), key_set{}), "unknown_key");
  EXPECT_EQ(outcome(raw_token{.key = ""}.text(), key_set{}), "unknown_key");
}

TEST(TokenAttack, ARefusalLeavesNoTraceInOpenSslOrOnTheErrorStream) {
  auto const keys = keys_of({.secrets = {{"", secret}}, .jwk_set = rsa_jwk()});
  auto token = minted(good_claims(), signer_of_jwk(rsa_jwk()));
  token.replace(token.rfind('.') + 1, 4, "AAAA");
  testing::internal::CaptureStderr();

  EXPECT_EQ(outcome(token, *keys), "bad_signature");
  EXPECT_EQ(outcome_of_header(R"({"alg":"XS256"})"), "unknown_key");
  EXPECT_FALSE(make_key_set({.public_pems = {{"", "-----BEGIN PUBLIC KEY-----\nAAAA"}}}).keys);

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  // TLS on the same thread looks there for its own errors.
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(TokenAttack, WhatLibjoseHasToSayIsNotHeard) {
  testing::internal::CaptureStderr();
  {
    quiet_call const quiet;
    auto const header = parse_json(R"({"payload":"e30","protected":{"alg":"hush"}})");

    EXPECT_FALSE(jose_jws_ver(quiet.config(), header.get(), nullptr, parse_json("{}").get(),
                              /*all=*/true));
  }

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace waggle::auth::test

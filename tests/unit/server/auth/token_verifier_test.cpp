// SPDX-License-Identifier: Apache-2.0
// What a good token says, and when it is good.
#include "tests/unit/server/auth/tokens.hpp"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

namespace waggle::auth::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

token_claims claims_in(std::string const& payload) {
  auto const verdict =
      verify(raw_token{.payload = payload}.text(), *keys_of_secret(),
             {.now = now,
              .audience = payload.find("aud") == std::string::npos ? std::string_view{}
                                                                   : std::string_view{"us"}});
  EXPECT_TRUE(verdict) << payload << ": " << to_text(verdict.error());
  return verdict ? verdict->claims : token_claims{};
}

std::string outcome_of(std::string const& payload, token_rules const& rules = {.now = now}) {
  return outcome(raw_token{.payload = payload}.text(), *keys_of_secret(), rules);
}

TEST(TokenVerifier, EveryClaimIsRead) {
  auto const claims = claims_in(R"({"exp":1800000600,"nbf":1800000000.9,"iat":1,"iss":"site",
      "aud":["them","us"],"jti":"t1","sub":"viewer","tid":"acme","swm":["abc","live/*"],
      "org":["https://*.example.org"],"cap":{"connections":2,"swarms":3,"offers":0,"links":"x"},
      "further":{"a":[1]}})");

  EXPECT_EQ(claims, (token_claims{.expires = now + 10min,
                                  .not_before = now,
                                  .issuer = "site",
                                  .audiences = {"them", "us"},
                                  .id = "t1",
                                  .subject = "viewer",
                                  .tenant = "acme",
                                  .swarms = {{"abc", "live/*"}},
                                  .origin_globs = {{"https://*.example.org"}},
                                  .caps = {.connections = 2, .swarms = 3, .offers = 0}}));
}

TEST(TokenVerifier, AbsentListsAllowAllAndEmptyOnesNothing) {
  auto const absent = claims_in(R"({"exp":1800000600})");
  auto const empty = claims_in(R"({"exp":1800000600,"swm":[],"org":[]})");

  EXPECT_EQ(absent.swarms, std::nullopt);
  EXPECT_EQ(absent.origin_globs, std::nullopt);
  EXPECT_TRUE(allows_swarm(absent, "any"));
  EXPECT_THAT(empty.swarms, Optional(IsEmpty()));
  EXPECT_THAT(empty.origin_globs, Optional(IsEmpty()));
  EXPECT_FALSE(allows_swarm(empty, "any"));
}

TEST(TokenVerifier, OneStringStandsForAListOfOne) {
  auto const claims = claims_in(R"({"exp":1800000600,"aud":"us","swm":"live/*","org":"o"})");

  EXPECT_THAT(claims.audiences, ElementsAre("us"));
  EXPECT_THAT(claims.swarms, Optional(ElementsAre("live/*")));
  EXPECT_THAT(claims.origin_globs, Optional(ElementsAre("o")));
}

TEST(TokenVerifier, ClaimsOfTheWrongTypeOrSizeRefuseTheToken) {
  std::string const long_name(257, 'n');
  for (std::string const claim : {R"("nbf":"1")",
                                  R"("nbf":-1)",
                                  R"("nbf":1e300)",
                                  R"("iss":5)",
                                  R"("jti":null)",
                                  R"("jti":"")",
                                  R"("sub":["a"])",
                                  R"("tid":{})",
                                  R"("tid":"")",
                                  R"("tid":"a\nb")",
                                  R"("aud":5)",
                                  R"("aud":[5])",
                                  R"("swm":{})",
                                  R"("swm":[[]])",
                                  R"("swm":["a*b"])",
                                  R"("swm":["**"])",
                                  R"("swm":[""])",
                                  R"("swm":null)",
                                  R"("org":1)",
                                  R"("cap":[])",
                                  R"("cap":{"swarms":-1})",
                                  R"("cap":{"swarms":1.0})",
                                  R"("cap":{"swarms":4294967296})",
                                  R"("cap":{"connections":"2"})",
                                  R"("cap":{"offers":true})",
                                  R"("cap":"none")"}) {
    EXPECT_EQ(outcome_of(R"({"exp":1800000600,)" + claim + "}"), "bad_claims") << claim;
  }
  EXPECT_EQ(outcome_of(R"({"exp":1800000600,"jti":")" + long_name + "\"}"), "bad_claims");
  EXPECT_EQ(outcome_of(R"({"exp":1800000600,"jti":")" + long_name.substr(1) + "\"}"), "accepted");
}

TEST(TokenVerifier, ListsAreBounded) {
  token_limits const limits{.audiences_max = 2,
                            .swarms_max = 2,
                            .swarm_bytes_max = 3,
                            .origins_max = 2,
                            .origin_bytes_max = 3};
  auto const accepted = [&](std::string const& claim, std::string_view audience = "") {
    auto const token = raw_token{.payload = R"({"exp":1800000600,)" + claim + "}"}.text();
    return verify(token, *keys_of_secret(), {.now = now, .audience = audience}, limits).has_value();
  };

  EXPECT_TRUE(accepted(R"("swm":["abc","def"],"org":["abc","def"])"));
  EXPECT_FALSE(accepted(R"("swm":["a","b","c"])"));
  EXPECT_FALSE(accepted(R"("swm":["abcd"])"));
  EXPECT_FALSE(accepted(R"("org":["a","b","c"])"));
  EXPECT_FALSE(accepted(R"("org":["abcd"])"));
  EXPECT_TRUE(accepted(R"("aud":["a","b"])", "a"));
  EXPECT_FALSE(accepted(R"("aud":["a","b","c"])", "a"));
}

TEST(TokenVerifier, ExpIsRequired) {
  EXPECT_EQ(outcome_of("{}"), "bad_claims");
  EXPECT_EQ(outcome_of(R"({"exp":null})"), "bad_claims");
  EXPECT_EQ(outcome_of(R"({"exp":"1800000600"})"), "bad_claims");
  EXPECT_EQ(outcome_of(R"({"exp":99999999999999999999})"), "bad_claims");
  EXPECT_EQ(outcome_of(R"({"exp":9223372036854775807})"), "bad_claims");
}

TEST(TokenVerifier, EndsAtExpAndTheLeewayLater) {
  std::string const payload = R"({"exp":1800000000})";

  EXPECT_EQ(outcome_of(payload, {.now = now - 1s}), "accepted");
  EXPECT_EQ(outcome_of(payload, {.now = now}), "expired");
  EXPECT_EQ(outcome_of(payload, {.now = now + 29s, .leeway = 30s}), "accepted");
  EXPECT_EQ(outcome_of(payload, {.now = now + 30s, .leeway = 30s}), "expired");
}

TEST(TokenVerifier, BeginsAtNbfAndTheLeewayEarlier) {
  std::string const payload = R"({"exp":1800000600,"nbf":1800000100})";

  EXPECT_EQ(outcome_of(payload, {.now = now + 100s}), "accepted");
  EXPECT_EQ(outcome_of(payload, {.now = now + 99s}), "not_yet_valid");
  EXPECT_EQ(outcome_of(payload, {.now = now + 70s, .leeway = 30s}), "accepted");
  EXPECT_EQ(outcome_of(payload, {.now = now + 69s, .leeway = 30s}), "not_yet_valid");
}

TEST(TokenVerifier, AnExpiredTokenVerifiesWithinTheGraceAndSaysSo) {
  auto const token = raw_token{.payload = R"({"exp":1800000000})"}.text();
  auto const keys = keys_of_secret();
  auto const at = [&](std::chrono::seconds later) -> std::string {
    auto const verdict = verify(token, *keys, {.now = now + later, .leeway = 5s, .grace = 1h});
    if (!verdict) return to_text(verdict.error());
    return verdict->in_grace ? "in grace" : "valid";
  };

  EXPECT_EQ(at(4s), "valid");
  EXPECT_EQ(at(5s), "in grace");
  EXPECT_EQ(at(1h + 4s), "in grace");
  EXPECT_EQ(at(1h + 5s), "expired");
}

TEST(TokenVerifier, TheGraceDoesNotForgiveAnotherMistake) {
  token_rules const late{.now = now + 1s, .grace = 1h, .issuer = "us"};

  EXPECT_EQ(outcome_of(R"({"exp":1800000000,"iss":"them"})", late), "wrong_issuer");
  EXPECT_EQ(
      outcome(raw_token{.payload = R"({"exp":1800000000,"iss":"us"})", .key = std::string(32, 'x')}
                  .text(),
              *keys_of_secret(), late),
      "bad_signature");
}

TEST(TokenVerifier, IssuerAndAudienceHaveToFitTheRules) {
  auto const with_issuer = R"({"exp":1800000600,"iss":"site"})";
  EXPECT_EQ(outcome_of(with_issuer), "accepted");
  EXPECT_EQ(outcome_of(with_issuer, {.now = now, .issuer = "site"}), "accepted");
  EXPECT_EQ(outcome_of(with_issuer, {.now = now, .issuer = "Site"}), "wrong_issuer");
  EXPECT_EQ(outcome_of(R"({"exp":1800000600})", {.now = now, .issuer = "site"}), "wrong_issuer");

  auto const with_audience = R"({"exp":1800000600,"aud":["a","b"]})";
  EXPECT_EQ(outcome_of(with_audience, {.now = now, .audience = "b"}), "accepted");
  EXPECT_EQ(outcome_of(with_audience, {.now = now, .audience = "c"}), "wrong_audience");
  EXPECT_EQ(outcome_of(R"({"exp":1800000600})", {.now = now, .audience = "a"}), "wrong_audience");
  // RFC 7519 section 4.1.3: who does not find itself in aud must refuse.
  EXPECT_EQ(outcome_of(with_audience), "wrong_audience");
}

TEST(TokenVerifier, ATokenOfAnotherTenantIsRefused) {
  auto const of_acme = R"({"exp":1800000600,"tid":"acme"})";

  EXPECT_EQ(outcome_of(of_acme, {.now = now, .tenant = "acme"}), "accepted");
  EXPECT_EQ(outcome_of(of_acme, {.now = now, .tenant = "other"}), "wrong_tenant");
  EXPECT_EQ(outcome_of(R"({"exp":1800000600})", {.now = now, .tenant = "acme"}), "accepted");
}

TEST(TokenVerifier, TheClaimedTenantIsReadWithoutBelievingIt) {
  auto const forged =
      raw_token{.payload = R"({"exp":1,"tid":"acme"})", .key = std::string(32, 'x')}.text();

  EXPECT_EQ(claimed_tenant(forged), "acme");
  EXPECT_EQ(claimed_tenant(raw_token{}.text()), "");
  EXPECT_EQ(claimed_tenant("no token"), "");
  EXPECT_EQ(claimed_tenant(raw_token{.payload = R"({"exp":1,"tid":"a","tid":"b"})"}.text()), "");
}

TEST(TokenVerifier, TheIdIsThatOfTenantAndJti) {
  auto const id_of = [](std::string const& payload, std::string_view tenant) {
    return verify(raw_token{.payload = payload}.text(), *keys_of_secret(),
                  {.now = now, .tenant = tenant})
        ->id;
  };
  auto const id = token_id_of("acme", "1");

  EXPECT_EQ(id_of(R"({"exp":1800000600,"tid":"acme","jti":"1"})", ""), id);
  EXPECT_EQ(id_of(R"({"exp":1800000601,"jti":"1"})", "acme"), id);
  EXPECT_NE(id_of(R"({"exp":1800000600,"jti":"1"})", "other"), id);
  EXPECT_NE(id_of(R"({"exp":1800000600,"jti":"2"})", "acme"), id);
  EXPECT_NE(token_id_of("acme1", ""), token_id_of("acme", "1"));
}

TEST(TokenVerifier, WithoutJtiTheIdIsThatOfTheSignedTextWhateverTheSignature) {
  // ECDSA signs the same text differently each time.
  auto const keys = keys_of_jwk(ec_jwk());
  auto const first = minted(good_claims(), signer_of_jwk(ec_jwk()));
  auto const second = minted(good_claims(), signer_of_jwk(ec_jwk()));
  auto const other = minted({.expires = now + 11min}, signer_of_jwk(ec_jwk()));
  ASSERT_NE(first, second);

  auto const id = verify(first, *keys, {.now = now})->id;

  EXPECT_EQ(verify(second, *keys, {.now = now})->id, id);
  EXPECT_NE(verify(other, *keys, {.now = now})->id, id);
  EXPECT_NE(verify(first, *keys, {.now = now, .tenant = "acme"})->id, id);
}

TEST(TokenVerifier, TwoKeysVerifyWhileTheyAreRotated) {
  auto const old_key = with(ec_jwk(), "kid", R"("2026")");
  auto const new_key = with(new_jwk("ES256"), "kid", R"("2027")");
  auto const both = keys_of_jwk(R"({"keys":[)" + old_key + ',' + new_key + "]}");
  auto const only_new = keys_of_jwk(R"({"keys":[)" + new_key + "]}");
  auto const old_token = minted(good_claims(), signer_of_jwk(old_key));
  auto const new_token = minted(good_claims(), signer_of_jwk(new_key));

  EXPECT_EQ(outcome(old_token, *both), "accepted");
  EXPECT_EQ(outcome(new_token, *both), "accepted");
  EXPECT_EQ(outcome(old_token, *only_new), "unknown_key");
  EXPECT_EQ(outcome(new_token, *only_new), "accepted");
}

TEST(TokenVerifier, WithoutKidTheKeysThatFitAreTriedInOrderAndNoMoreThanTheBound) {
  std::vector<named_key> secrets;
  for (char name = 'a'; name < 'e'; ++name) {
    secrets.push_back({std::string(1, name), std::string(32, name)});
  }
  auto const keys = keys_of({.secrets = secrets, .jwk_set = rsa_jwk()});
  auto const last = raw_token{.key = secrets.back().content}.text();

  EXPECT_EQ(outcome(last, *keys, {.now = now, .tries_max = 4}), "accepted");
  EXPECT_EQ(outcome(last, *keys, {.now = now, .tries_max = 3}), "bad_signature");
  EXPECT_EQ(
      outcome(minted(good_claims(), signer_of_jwk(rsa_jwk())), *keys, {.now = now, .tries_max = 1}),
      "accepted");
}

TEST(TokenVerifier, ThreadsShareOneSetOfKeys) {
  auto const keys = keys_of({.secrets = {{"hs", secret}},
                             .jwk_set = R"({"keys":[)" + with(rsa_jwk(), "kid", R"("rs")") + ',' +
                                        with(ec_jwk(), "kid", R"("es")") + "]}"});
  std::vector<std::string> const good{
      minted(good_claims(), signer_of_secret("hs")),
      minted(good_claims(), signer_of_jwk(with(rsa_jwk(), "kid", R"("rs")"))),
      minted(good_claims(), signer_of_jwk(with(ec_jwk(), "kid", R"("es")")))};
  std::vector<std::string> bad = good;
  for (auto& token : bad) token.replace(token.size() - 8, 4, "AAAA");
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;

  for (auto& mine : wrong) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        for (auto const& token : good) mine += outcome(token, *keys) == "accepted" ? 0 : 1;
        for (auto const& token : bad) mine += outcome(token, *keys) == "bad_signature" ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

}  // namespace
}  // namespace waggle::auth::test

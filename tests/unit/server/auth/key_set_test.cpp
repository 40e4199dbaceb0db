// SPDX-License-Identifier: Apache-2.0
// Which keys are taken, which are passed over, and what is said of the others.
#include "server/auth/jose_library.hpp"
#include "tests/unit/server/auth/tokens.hpp"

#include <gmock/gmock.h>
#include <openssl/rsa.h>

namespace waggle::auth::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The only problem that these sources have.
std::string problem_of(key_sources const& sources, key_limits const& limits = {}) {
  auto const outcome = make_key_set(sources, limits);
  EXPECT_EQ(outcome.keys, nullptr);
  EXPECT_EQ(outcome.problems.size(), 1U) << testing::PrintToString(outcome.problems);
  return outcome.problems.empty() ? "" : outcome.problems.front();
}

std::string problem_of_jwk(std::string const& jwk) {
  return problem_of({.jwk_set = R"({"keys":[)" + jwk + "]}"});
}

/// What is said of a good key that has this member as well.
std::string passed_over_with(char const* name, char const* json) {
  auto const good = with(ec_jwk(), "kid", R"("good")");
  auto const outcome =
      make_key_set({.jwk_set = R"({"keys":[)" + good + ',' + with(rsa_jwk(), name, json) + "]}"});
  EXPECT_THAT(outcome.problems, IsEmpty());
  EXPECT_EQ(outcome.keys->keys().size(), 1U);
  return outcome.passed_over.empty() ? "" : outcome.passed_over.front();
}

TEST(KeySet, HoldsWhatAllSourcesGive) {
  auto const outcome = make_key_set(
      {.secrets = {{"s", secret}},
       .public_pems = {{"r", public_pem_of_jwk(rsa_jwk())}, {"e", public_pem_of_jwk(ec_jwk())}},
       .jwk_set = R"({"keys":[)" + with(rsa_jwk(), "kid", R"("j")") + "]}"});

  ASSERT_THAT(outcome.problems, IsEmpty());
  auto const is = [](char const* kid, signature_algorithm algorithm) {
    return AllOf(testing::Field(&verification_key::kid, kid),
                 testing::Field(&verification_key::algorithm, algorithm));
  };
  EXPECT_THAT(
      outcome.keys->keys(),
      ElementsAre(is("s", signature_algorithm::hs256), is("r", signature_algorithm::rs256),
                  is("e", signature_algorithm::es256), is("j", signature_algorithm::rs256)));
}

TEST(KeySet, NoSourcesAreASetOfNoKeys) {
  auto const outcome = make_key_set({});

  ASSERT_TRUE(outcome.keys);
  EXPECT_THAT(outcome.keys->keys(), IsEmpty());
}

TEST(KeySet, APemKeyVerifies) {
  // The halves of one key: the private one as JWK signs, the public one as PEM verifies.
  auto const keys = keys_of({.public_pems = {{"", public_pem_of_jwk(ec_jwk())}}});

  EXPECT_EQ(outcome(minted(good_claims(), signer_of_jwk(ec_jwk())), *keys), "accepted");
}

TEST(KeySet, OnlyThePublicHalfOfAPrivateKeyIsKept) {
  for (auto const& jwk : {rsa_jwk(), ec_jwk()}) {
    auto const keys = keys_of_jwk(jwk);

    auto const* const kept = keys->keys().front().jwk.get();
    for (auto const* const name : {"d", "p", "q", "dp", "dq", "qi", "key_ops"}) {
      EXPECT_EQ(json_object_get(kept, name), nullptr) << name;
    }
    EXPECT_EQ(outcome(minted(good_claims(), signer_of_jwk(jwk)), *keys), "accepted");
  }
}

TEST(KeySet, AShortSecretIsRefusedByName) {
  EXPECT_THAT(problem_of({.secrets = {{"web", std::string(31, 's')}}}),
              AllOf(HasSubstr("\"web\""), HasSubstr("31 bytes, at least 32")));
  EXPECT_THAT(problem_of({.secrets = {{"", ""}}}), HasSubstr("secret 1: 0 bytes"));
  EXPECT_THAT(problem_of({.secrets = {{"web", std::string(1025, 's')}}}),
              HasSubstr("at most 1024"));
  EXPECT_THAT(problem_of_jwk(R"({"kty":"oct","kid":"web","k":"c2hvcnQ"})"),
              AllOf(HasSubstr("key \"web\" of the JWK Set"), HasSubstr("5 bytes")));
}

TEST(KeySet, WeakRsaKeysAreRefused) {
  pkey_owner const old{EVP_RSA_gen(1024U)};
  EXPECT_THAT(problem_of({.public_pems = {{"old", public_pem_of(*old)}}}),
              AllOf(HasSubstr("\"old\""), HasSubstr("1024 bits, at least 2048")));
  EXPECT_THAT(
      problem_of({.public_pems = {{"", public_pem_of_jwk(rsa_jwk())}}}, {.rsa_bits_max = 2047}),
      HasSubstr("2048 bits, at most 2047"));
  for (auto const* const exponent : {R"("AQ")", R"("Ag")", R"("")", R"("AQAAAAAAAAAB")"}) {
    EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "e", exponent)), HasSubstr("exponent")) << exponent;
  }
}

TEST(KeySet, KeysForSomethingElseArePassedOverInWords) {
  EXPECT_THAT(passed_over_with("use", R"("enc")"), HasSubstr("use is not \"sig\""));
  EXPECT_THAT(passed_over_with("key_ops", R"(["sign"])"), HasSubstr("\"verify\""));
  EXPECT_THAT(passed_over_with("key_ops", "[]"), HasSubstr("\"verify\""));
  EXPECT_THAT(passed_over_with("alg", R"("RSA-OAEP")"), HasSubstr("alg is not RS256"));
  EXPECT_THAT(passed_over_with("alg", R"("HS256")"), HasSubstr("alg is not RS256"));
  EXPECT_THAT(passed_over_with("kty", R"("OKP")"), HasSubstr("kty"));
  EXPECT_EQ(keys_of_jwk(with(rsa_jwk(), "use", R"("sig")"))->keys().size(), 1U);
  EXPECT_EQ(keys_of_jwk(with(rsa_jwk(), "alg", ""))->keys().size(), 1U);
}

TEST(KeySet, OtherCurvesAreNotTaken) {
  auto const good = with(ec_jwk(), "kid", R"("good")");
  auto const outcome =
      make_key_set({.jwk_set = R"({"keys":[)" + good + ',' +
                               with(with(new_jwk("ES384"), "alg", ""), "kid", R"("p")") + "]}"});

  EXPECT_THAT(outcome.passed_over,
              ElementsAre(AllOf(HasSubstr("key \"p\""), HasSubstr("crv is not P-256"))));
  auto const pem = public_pem_of_jwk(new_jwk("ES384"));
  EXPECT_THAT(problem_of({.public_pems = {{"", pem}}}), HasSubstr("crv"));
}

TEST(KeySet, ASetWithoutAKeyForUsIsAProblem) {
  EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "use", R"("enc")")),
              HasSubstr("no key that verifies"));
  EXPECT_THAT(problem_of({.jwk_set = R"({"keys":[]})"}), HasSubstr("no key that verifies"));
}

TEST(KeySet, BrokenKeysAreNamedWithWhatIsWrong) {
  EXPECT_THAT(problem_of_jwk("5"), HasSubstr("key 1 of the JWK Set: not an object"));
  EXPECT_THAT(problem_of_jwk("{}"), HasSubstr("kty"));
  EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "n", "")), HasSubstr("n is missing"));
  EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "n", "5")), HasSubstr("n is missing"));
  EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "n", R"("a+b/")")), HasSubstr("n is not base64url"));
  EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "use", "5")), HasSubstr("use"));
  EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "alg", "5")), HasSubstr("alg"));
  EXPECT_THAT(problem_of_jwk(with(rsa_jwk(), "key_ops", R"("verify")")), HasSubstr("key_ops"));
  EXPECT_THAT(problem_of_jwk(with(ec_jwk(), "crv", "")), HasSubstr("crv"));
  EXPECT_THAT(problem_of_jwk(with(ec_jwk(), "x", R"("AAAA")")), HasSubstr("no key of P-256"));
  EXPECT_THAT(problem_of_jwk(with(ec_jwk(), "kid", "5")), HasSubstr("kid"));
  EXPECT_THAT(problem_of_jwk(with(ec_jwk(), "kid", R"("a\nb")")),
              AllOf(HasSubstr("key 1 of"), HasSubstr("control characters")));
}

TEST(KeySet, EveryProblemIsSaid) {
  auto const outcome = make_key_set({.secrets = {{"a", "short"}, {"b", "short"}},
                                     .public_pems = {{"c", "no pem"}},
                                     .jwk_set = "no json"});

  EXPECT_THAT(outcome.problems, ElementsAre(HasSubstr("\"a\""), HasSubstr("\"b\""),
                                            HasSubstr("\"c\""), HasSubstr("JWK Set")));
}

TEST(KeySet, ProblemsDoNotQuoteTheSecret) {
  for (auto const* const text :
       {R"({"keys":[{"kty":"oct","k":"hushhush"]})", R"({"keys":[{"kty":"oct","k":"hush hush"}]})",
        R"({"keys":[{"kty":"oct","k":"hushhush"}]})"}) {
    EXPECT_THAT(problem_of({.jwk_set = text}), Not(HasSubstr("hush")));
  }
}

TEST(KeySet, TextsThatAreNoSetAreProblems) {
  EXPECT_THAT(problem_of({.jwk_set = ""}), HasSubstr("not JSON"));
  EXPECT_THAT(problem_of({.jwk_set = "{\n  x"}), HasSubstr("line 2"));
  EXPECT_THAT(problem_of({.jwk_set = R"({"keys":[],"keys":[]})"}), HasSubstr("twice"));
  EXPECT_THAT(problem_of({.jwk_set = "[]"}), HasSubstr("no array \"keys\""));
  EXPECT_THAT(problem_of({.jwk_set = R"({"keys":{}})"}), HasSubstr("no array \"keys\""));
}

TEST(KeySet, TheSameKidTwiceIsAProblem) {
  EXPECT_THAT(problem_of({.secrets = {{"a", secret}, {"a", secret}}}), HasSubstr("same kid"));
  EXPECT_THAT(problem_of({.secrets = {{"a", secret}}, .jwk_set = with(ec_jwk(), "kid", R"("a")")}),
              HasSubstr("same kid"));
  EXPECT_EQ(keys_of({.secrets = {{"", secret}, {"", secret}}})->keys().size(), 2U);
}

TEST(KeySet, NumberAndSizeAreBounded) {
  std::vector<named_key> const three(3, named_key{"", secret});
  EXPECT_THAT(problem_of({.secrets = three}, {.keys_max = 2}), HasSubstr("more than 2 keys"));
  EXPECT_THAT(
      problem_of({.secrets = {{"", secret}, {"", secret}}, .jwk_set = ec_jwk()}, {.keys_max = 2}),
      HasSubstr("more than 2 keys"));
  EXPECT_THAT(problem_of({.jwk_set = R"({"keys":[{},{},{}]})"}, {.keys_max = 2}),
              HasSubstr("more than 2 keys"));
  EXPECT_THAT(problem_of({.jwk_set = std::string(11, ' ')}, {.jwk_set_bytes_max = 10}),
              HasSubstr("longer than 10 bytes"));
  EXPECT_THAT(problem_of({.public_pems = {{"", std::string(11, ' ')}}}, {.pem_bytes_max = 10}),
              HasSubstr("longer than 10 bytes"));
}

TEST(KeySet, APrivateKeyInPemIsRefused) {
  EXPECT_THAT(problem_of({.public_pems = {{"k", "-----BEGIN EC PRIVATE KEY-----\n"}}}),
              HasSubstr("private key"));
}

TEST(KeySet, AnEncryptedBlockAsksNobodyForAPassphrase) {
  auto pem = public_pem_of_jwk(rsa_jwk());
  pem.insert(pem.find('\n') + 1,
             "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");

  // Where there is no terminal, OpenSSL asks on the error stream.
  testing::internal::CaptureStderr();
  auto const problem = problem_of({.public_pems = {{"k", pem}}});

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(problem, HasSubstr("not a PEM public key"));
}

}  // namespace
}  // namespace waggle::auth::test

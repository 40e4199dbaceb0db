// SPDX-License-Identifier: Apache-2.0
// What `waggle token` prints is what the server verifies.
#include "server/token_command.hpp"

#include "server/auth/token_verifier.hpp"
#include "tests/support/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::chrono::sys_seconds minting{1'800'000'000s};
std::string const secret(32, 's');

struct outcome {
  int code = -1;
  std::string out;
  std::string err;
};

outcome run(token_line const& asked) {
  std::ostringstream out;
  std::ostringstream err;
  auto const code = run_token(asked, minting, out, err);
  return {code, out.str(), err.str()};
}

TEST(TokenCommand, PrintsATokenThatVerifiesWithWhatWasAsked) {
  temporary_folder const folder;
  auto const result = run({.secret_file = folder.write("secret", secret + "\n"),
                           .kid = "2026",
                           .tenant = "acme",
                           .swarms = {"a", "live/*"},
                           .origins = {"https://*.example.org"},
                           .id = "t1",
                           .subject = "viewer",
                           .issuer = "site",
                           .audiences = {"us"},
                           .connections_max = 2,
                           .swarms_max = 3,
                           .offers_max = 4});
  ASSERT_EQ(result.code, 0) << result.err;
  ASSERT_TRUE(result.out.ends_with('\n'));

  auto const keys = auth::make_key_set({.secrets = {{"2026", secret}}}).keys;
  auto const verdict = auth::verify(result.out.substr(0, result.out.size() - 1), *keys,
                                    {.now = minting, .tenant = "acme", .audience = "us"});

  ASSERT_TRUE(verdict) << auth::to_text(verdict.error());
  EXPECT_EQ(verdict->claims, (token_claims{.expires = minting + 15min,
                                           .issuer = "site",
                                           .audiences = {"us"},
                                           .id = "t1",
                                           .subject = "viewer",
                                           .tenant = "acme",
                                           .swarms = {{"a", "live/*"}},
                                           .origin_globs = {{"https://*.example.org"}},
                                           .caps = {.connections = 2, .swarms = 3, .offers = 4}}));
}

TEST(TokenCommand, TakesTheKidOfTheJwkUnlessAnotherIsNamed) {
  temporary_folder const folder;
  auto const file = folder.write(
      "key.json", R"({"kty":"oct","kid":"a","k":"c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M"})");
  auto const verified_by = [&](std::string const& kid, token_line const& asked) {
    auto const token = run(asked).out;
    auto const keys = auth::make_key_set({.secrets = {{kid, secret}}}).keys;
    return auth::verify(token.substr(0, token.find('\n')), *keys, {.now = minting}).has_value();
  };

  EXPECT_TRUE(verified_by("a", {.jwk_file = file}));
  EXPECT_TRUE(verified_by("b", {.jwk_file = file, .kid = "b"}));
  EXPECT_FALSE(verified_by("b", {.jwk_file = file}));
}

TEST(TokenCommand, WhatIsWrongNamesOptionAndFileAndNeverTheKey) {
  temporary_folder const folder;
  auto const problem = [](token_line const& asked) {
    auto const result = run(asked);
    EXPECT_EQ(result.code, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, testing::Not(HasSubstr("hush")));
    return result.err;
  };
  auto const missing = folder.path("missing");
  EXPECT_THAT(problem({.secret_file = missing}),
              testing::AllOf(HasSubstr("--secret-file " + missing), HasSubstr("No such file")));
  EXPECT_THAT(problem({.secret_file = folder.write("short", "hush\n")}),
              HasSubstr("4 bytes, at least 32"));
  EXPECT_THAT(problem({.jwk_file = folder.write("bad", R"({"kty":"oct","k":hush})")}),
              HasSubstr("not JSON"));
  EXPECT_THAT(problem({.secret_file = folder.write("good", secret), .swarms = {"a*b"}}),
              HasSubstr("*"));
}

}  // namespace
}  // namespace waggle::test

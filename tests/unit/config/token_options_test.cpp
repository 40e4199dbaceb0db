// SPDX-License-Identifier: Apache-2.0
// Command lines of `waggle token`.
#include "config/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace waggle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct parsed_options {
  std::variant<cli, int> parsed;
  std::string err;
};

parsed_options run(std::vector<char const*> arguments) {
  arguments.insert(arguments.begin(), {"waggle", "token"});
  std::ostringstream out;
  std::ostringstream err;
  auto parsed =
      parse_cli(waggle_program(), static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {std::move(parsed), err.str()};
}

token_line parsed(std::vector<char const*> arguments) {
  auto const result = run(std::move(arguments));
  EXPECT_EQ(result.err, "");
  auto const* const line = std::get_if<cli>(&result.parsed);
  EXPECT_TRUE(line != nullptr && line->run == cli::command::token);
  return line == nullptr ? token_line{} : line->token;
}

std::string usage_error(std::vector<char const*> arguments) {
  auto const result = run(std::move(arguments));
  auto const* const code = std::get_if<int>(&result.parsed);
  EXPECT_EQ(code == nullptr ? 0 : *code, 2);
  return result.err;
}

TEST(TokenOptions, OneKeyIsAllThatIsNeeded) {
  auto const line = parsed({"--secret-file", "s"});

  EXPECT_EQ(line.secret_file, "s");
  EXPECT_FALSE(line.jwk_file || line.kid || line.tenant || line.id || line.subject || line.issuer ||
               line.connections_max || line.swarms_max || line.offers_max);
  EXPECT_THAT(line.swarms, IsEmpty());
  EXPECT_THAT(line.origins, IsEmpty());
  EXPECT_EQ(line.lifetime, std::chrono::minutes{15});
}

TEST(TokenOptions, EveryOptionIsTaken) {
  auto const line = parsed({"--jwk",
                            "k.json",
                            "--kid",
                            "2026",
                            "--tenant",
                            "acme",
                            "--swarm",
                            "a",
                            "--swarm=live/*",
                            "--origin",
                            "https://*.example.org",
                            "--origin",
                            "o",
                            "--expires",
                            "6h",
                            "--id",
                            "t1",
                            "--subject",
                            "viewer",
                            "--issuer",
                            "site",
                            "--audience",
                            "us",
                            "--connections",
                            "2",
                            "--swarms",
                            "3",
                            "--offers",
                            "0"});

  EXPECT_EQ(line.jwk_file, "k.json");
  EXPECT_EQ(line.kid, "2026");
  EXPECT_EQ(line.tenant, "acme");
  EXPECT_THAT(line.swarms, ElementsAre("a", "live/*"));
  EXPECT_THAT(line.origins, ElementsAre("https://*.example.org", "o"));
  EXPECT_EQ(line.lifetime, std::chrono::hours{6});
  EXPECT_EQ(line.id, "t1");
  EXPECT_EQ(line.subject, "viewer");
  EXPECT_EQ(line.issuer, "site");
  EXPECT_THAT(line.audiences, ElementsAre("us"));
  EXPECT_EQ(line.connections_max, 2U);
  EXPECT_EQ(line.swarms_max, 3U);
  EXPECT_EQ(line.offers_max, 0U);
}

TEST(TokenOptions, ExactlyOneKeyIsWanted) {
  EXPECT_THAT(usage_error({}), HasSubstr("--secret-file"));
  EXPECT_THAT(usage_error({"--secret-file", "s", "--jwk", "k"}), HasSubstr("--jwk"));
}

TEST(TokenOptions, ValuesOutOfRangeAreWrongUsage) {
  for (auto const* const time : {"0s", "500ms", "-1s", "900", "soon", "", "90000h"}) {
    EXPECT_THAT(usage_error({"--secret-file", "s", "--expires", time}), HasSubstr("--expires"));
  }
  for (auto const* const count : {"-1", "many", "4294967296", "1.5", ""}) {
    EXPECT_THAT(usage_error({"--secret-file", "s", "--connections", count}),
                HasSubstr("--connections"));
  }
}

}  // namespace
}  // namespace waggle

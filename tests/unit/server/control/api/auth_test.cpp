// SPDX-License-Identifier: Apache-2.0
// Who may use the admin API, and where its token comes from.
#include "server/control/api/auth.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace waggle::api {
namespace {

unsigned status_of(authority const& with, http_request const& request) {
  auto const judged = with.judge(request);
  return judged.refused ? judged.refused->status : 200;
}

TEST(ApiAuthority, TakesTheTokenAndNothingLikeIt) {
  authority const with{"sesame", /*loopback=*/false};

  EXPECT_TRUE(with.reachable());
  EXPECT_EQ(with.judge({.authorization = "Bearer sesame"}).actor, "token");
  EXPECT_EQ(status_of(with, {.authorization = "bearer  sesame"}), 200U);
  for (auto const* const wrong :
       {"", "Bearer", "Bearer ", "Bearer sesam", "Bearer sesame2", "Bearer Sesame", "Basic sesame",
        "sesame", "Bearer sesame sesame", "Bearer\tsesame"}) {
    EXPECT_EQ(status_of(with, {.host = "localhost", .authorization = wrong}), 401U) << wrong;
  }
}

TEST(ApiAuthority, TokenIsNeededOnLoopbackToo) {
  authority const with{"sesame", /*loopback=*/true};

  EXPECT_EQ(status_of(with, {.host = "localhost"}), 401U);
  EXPECT_EQ(status_of(with, {.host = "evil.example", .authorization = "Bearer sesame"}), 200U);
}

TEST(ApiAuthority, WithoutATokenItIsForThisMachine) {
  authority const nobody{"", /*loopback=*/false};
  EXPECT_FALSE(nobody.reachable());
  EXPECT_EQ(status_of(nobody, {.host = "localhost", .authorization = "Bearer "}), 404U);
  authority const with{"", /*loopback=*/true};

  EXPECT_TRUE(with.reachable());
  EXPECT_EQ(with.judge({.host = "localhost:8001"}).actor, "loopback");
  EXPECT_EQ(status_of(with, {.host = "evil.example"}), 403U);
  EXPECT_EQ(status_of(with, {}), 403U);
}

TEST(ApiAuthority, KnowsTheNamesOfThisMachine) {
  for (auto const* const host : {"localhost", "LocalHost:80", "127.0.0.1", "127.8.9.1:8001",
                                 "[::1]", "[::1]:8001", "[::ffff:127.0.0.1]:1"}) {
    EXPECT_TRUE(names_loopback(host)) << host;
  }
  for (auto const* const host :
       {"", "localhost.evil.example", "127.0.0.1.evil.example", "128.0.0.1", "[::2]", "0.0.0.0",
        "evil.example:127.0.0.1", "[", "[]", "::1", ":8001", "10.0.0.1"}) {
    EXPECT_FALSE(names_loopback(host)) << host;
  }
}

class TokenFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  token_read written(std::string const& bytes) {
    std::ofstream{path_, std::ios::binary} << bytes;
    return read_token({.token = {}, .file = path_});
  }

  std::string path_ = testing::TempDir() + "waggle-token-" + std::to_string(::getpid());
};

TEST_F(TokenFile, LosesItsLastLineBreak) {
  EXPECT_EQ(written("sesame").token, "sesame");
  EXPECT_EQ(written("sesame\n").token, "sesame");
  EXPECT_EQ(written("sesame\r\n").token, "sesame");
}

TEST_F(TokenFile, ThatHoldsNoTokenIsRefusedByName) {
  for (auto const* const bytes : {"", "\n", "\r\n", "two\nlines\n", "a b", "sesame\n\n"}) {
    auto const read = written(bytes);
    EXPECT_EQ(read.token, "") << bytes;
    EXPECT_NE(read.problem.find(path_), std::string::npos) << read.problem;
    EXPECT_EQ(read.problem.find("sesame"), std::string::npos);
  }
  auto const missing = read_token({.token = {}, .file = path_ + ".not-there"});
  EXPECT_NE(missing.problem.find("No such file"), std::string::npos) << missing.problem;
}

TEST(TokenSource, WithoutAFileIsTheSetting) {
  EXPECT_EQ(read_token({.token = "sesame", .file = {}}).token, "sesame");
  EXPECT_EQ(read_token({}).problem, "");
}

}  // namespace
}  // namespace waggle::api

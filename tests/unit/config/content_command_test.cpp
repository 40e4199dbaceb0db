// SPDX-License-Identifier: Apache-2.0
// `waggle content`: its line on the command line, its output and its exit codes.
#include "config/content_command.hpp"

#include "config/cli.hpp"
#include "config/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace waggle {
namespace {

using testing::HasSubstr;

struct console_text {
  int code;
  std::string out;
  std::string err;
};

console_text run_on(std::string const& text) {
  auto const path = testing::TempDir() + "waggle_content_test.json";
  std::ofstream{path} << text;
  std::ostringstream out;
  std::ostringstream err;
  auto const code = run_content(path, out, err);
  std::remove(path.c_str());
  return {code, out.str(), err.str()};
}

TEST(Content, PrintsASwarmALine) {
  auto const [code, out, err] = run_on(R"({"contents": [
      {"name": "bunny", "info_hashes": ["0123456789abcdef0123456789abcdef01234567"]},
      {"name": "live", "swarm_id": "s", "version": "2.3", "streams": [{"label": "HD"}]}]})");

  EXPECT_EQ(code, exit_ok);
  EXPECT_THAT(out, HasSubstr("0123456789abcdef0123456789abcdef01234567\tbunny\t\t\n"));
  EXPECT_THAT(out, HasSubstr("\tlive\tHD\tp2p-media-loader 2.3\n"));
  EXPECT_EQ(err, "");
}

TEST(Content, PrintsProblemsAndNoSwarm) {
  auto const [code, out, err] = run_on(R"({"contents": [{"name": "a"}, {"name": "b"}]})");

  EXPECT_EQ(code, exit_refused);
  EXPECT_EQ(out, "");
  EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 2);
  EXPECT_THAT(err, HasSubstr("contents[1]: names no swarm"));
}

TEST(Content, SaysThatAFileCannotBeRead) {
  std::ostringstream out;
  std::ostringstream err;

  EXPECT_EQ(run_content("/nonexistent/content.json", out, err), exit_refused);
  EXPECT_THAT(err.str(), HasSubstr("/nonexistent/content.json: cannot read: No such file"));
}

TEST(Content, NeedsAFileOnTheCommandLine) {
  std::ostringstream out;
  std::ostringstream err;
  char const* const with[] = {"waggle", "content", "c.json"};
  char const* const without[] = {"waggle", "content"};

  auto const line = parse_cli(waggle_program(), 3, with, out, err);
  auto const wrong = parse_cli(waggle_program(), 2, without, out, err);

  EXPECT_EQ(std::get<cli>(line).run, cli::command::content);
  EXPECT_EQ(std::get<cli>(line).content_file, "c.json");
  EXPECT_EQ(std::get<int>(wrong), exit_usage);
}

}  // namespace
}  // namespace waggle

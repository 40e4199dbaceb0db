// SPDX-License-Identifier: Apache-2.0
// check-config, print-config and version: streams and exit codes.
#include "config/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace waggle {
namespace {

using testing::HasSubstr;

struct checked {
  int code;
  std::string out;
  std::string err;
};

checked check(load_sources const& sources) {
  std::ostringstream out;
  std::ostringstream err;
  auto const code = run_check_config(sources, out, err);
  return {code, out.str(), err.str()};
}

std::string printed(config_document which) {
  std::ostringstream out;
  EXPECT_EQ(run_print_config(which, out), exit_ok);
  return out.str();
}

TEST(CheckConfig, SaysOkToTheDefaults) {
  auto const [code, out, err] = check({});

  EXPECT_EQ(code, 0);
  EXPECT_EQ(out, "configuration ok\n");
  EXPECT_EQ(err, "");
}

TEST(CheckConfig, PrintsEveryProblemOnALineOfItsOwn) {
  auto const [code, out, err] =
      check({.flags = {{"network.cores", {"x"}}, {"network.backlog", {"0"}}}});

  EXPECT_EQ(code, 1);
  EXPECT_EQ(out, "");
  EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 2);
  EXPECT_THAT(err, HasSubstr("network.backlog: 0 is below the bound (1..65535)"));
}

TEST(CheckConfig, LooksForTheTlsFiles) {
  auto const path = testing::TempDir() + "waggle_commands_test.pem";
  std::ofstream{path} << "pem";
  load_sources sources{.flags = {{"network.listen_tls", {":0"}},
                                 {"tls.cert", {path}},
                                 {"tls.key", {"/nonexistent/key.pem"}}}};

  auto const missing = check(sources);
  sources.flags.push_back({"tls.key", {testing::TempDir()}});
  auto const directory = check(sources);
  sources.flags.push_back({"tls.key", {path}});
  auto const present = check(sources);
  std::remove(path.c_str());

  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err,
              HasSubstr("tls.key: cannot read \"/nonexistent/key.pem\": No such file"));
  EXPECT_EQ(directory.code, 1);
  EXPECT_EQ(present.code, 0);
}

TEST(CheckConfig, DoesNotWaitForTheWriterOfAFifo) {
  auto const path = testing::TempDir() + "waggle_commands_test.fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);

  auto const fifo =
      check({.flags = {{"network.listen_tls", {":0"}}, {"tls.cert", {path}}, {"tls.key", {path}}}});
  std::remove(path.c_str());

  EXPECT_EQ(fifo.code, 1);
  EXPECT_THAT(fifo.err, HasSubstr("is a FIFO"));
}

TEST(CheckConfig, DoesNotLookForTlsFilesWithoutATlsListener) {
  EXPECT_EQ(check({.flags = {{"tls.cert", {"/nonexistent/cert.pem"}}}}).code, 0);
}

TEST(PrintConfig, PrintsTheDocumentThatIsAskedFor) {
  EXPECT_THAT(printed(config_document::commented_file), HasSubstr("\"network\": {"));
  EXPECT_TRUE(nlohmann::json::parse(printed(config_document::schema)).contains("properties"));
  EXPECT_THAT(printed(config_document::markdown), HasSubstr("# Configuration\n"));
}

TEST(Version, IsPrintedWithTheName) {
  std::ostringstream out;

  EXPECT_EQ(run_version(out), exit_ok);

  EXPECT_THAT(out.str(), testing::MatchesRegex("waggle [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace waggle

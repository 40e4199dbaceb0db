// SPDX-License-Identifier: Apache-2.0
// The command line of the built program.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::HasSubstr;

run_result waggle(std::vector<std::string> arguments,
                  child_process::environment const& extra = {}) {
  arguments.insert(arguments.begin(), waggle_binary());
  return run(arguments, extra);
}

TEST(CommandLine, UnknownFlagExitsWith2AndNamesIt) {
  auto const result = waggle({"serve", "--no-such-flag"});

  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--no-such-flag"));
  EXPECT_EQ(result.out, "");
}

TEST(CommandLine, UnknownCommandExitsWith2) {
  EXPECT_EQ(waggle({"swarm"}).code, 2);
}

TEST(CommandLine, HelpExitsWith0) {
  auto const result = waggle({"--help"});

  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("check-config"));
}

TEST(CommandLine, VersionIsPrinted) {
  auto const result = waggle({"version"});

  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, testing::ContainsRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST(CommandLine, ValueOutOfBoundsNamesKeyAndBound) {
  auto const result = waggle({"serve", "--set", "session.message_bytes_max=1"});

  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("session.message_bytes_max"));
  EXPECT_THAT(result.err, testing::ContainsRegex("1024|1 ?KiB"));
  EXPECT_EQ(result.out, "");
}

TEST(CommandLine, UnreadableValueNamesKey) {
  auto const result = waggle({"serve", "--set", "session.ping_after=soon"});

  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("session.ping_after"));
}

TEST(CommandLine, UnknownKeyNamesTheNearest) {
  auto const result = waggle({"serve", "--set", "session.ping_aftr=1s"});

  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("session.ping_aftr"));
  EXPECT_THAT(result.err, HasSubstr("session.ping_after"));
}

TEST(CommandLine, BadEnvironmentNamesTheVariable) {
  auto const result = waggle({"check-config"}, {{"WAGGLE_SESSION_PING_AFTER", "soon"}});

  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("WAGGLE_SESSION_PING_AFTER"));
}

TEST(CommandLine, CheckConfigAcceptsAFileWithComments) {
  temporary_folder const folder;
  auto const file = folder.write("waggle.json", R"({
    // comments are allowed
    "session": { "ping_after": "5s", /* here too */ "dead_after": "20s" }
  })");

  auto const result = waggle({"check-config", "--config", file});

  EXPECT_EQ(result.code, 0) << result.err;
}

TEST(CommandLine, CheckConfigNamesWhatIsWrongInAFile) {
  temporary_folder const folder;
  auto const file = folder.write("waggle.json", R"({"session": {"ping_aftr": "5s"}, "swarm": 5})");

  auto const result = waggle({"check-config", "--config", file});

  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("session.ping_aftr"));
  EXPECT_THAT(result.err, HasSubstr("swarm"));
  EXPECT_NE(waggle({"check-config", "--config", folder.path("missing.json")}).code, 0);
}

TEST(CommandLine, CheckConfigNamesMissingCertificates) {
  auto const result = waggle({"check-config", "--listen-tls", "127.0.0.1:0", "--tls-cert",
                              "/nonexistent/cert.pem", "--tls-key", "/nonexistent/key.pem"});

  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("/nonexistent/cert.pem"));
}

TEST(CommandLine, PrintedConfigIsAcceptedByCheckConfig) {
  auto const printed = waggle({"print-config"});
  ASSERT_EQ(printed.code, 0);
  EXPECT_THAT(printed.out, HasSubstr("ping_after"));

  temporary_folder const folder;
  auto const result = waggle({"check-config", "--config", folder.write("c.json", printed.out)});

  EXPECT_EQ(result.code, 0) << result.err;
}

TEST(CommandLine, FlagsOverrideTheEnvironmentAndTheEnvironmentTheFile) {
  temporary_folder const folder;
  auto const file = folder.write(
      "c.json",
      R"({"webtorrent": {"interval_min": "11s", "interval_max": "11s", "interval_other": "11s"}})");
  auto options =
      tracker_options{.settings = {"webtorrent.interval_min=33s", "webtorrent.interval_max=33s"},
                      .arguments = {"--config", file}};
  server_process server{
      tracker_arguments(options),
      {{"WAGGLE_WEBTORRENT_INTERVAL_MAX", "22s"}, {"WAGGLE_WEBTORRENT_INTERVAL_OTHER", "22s"}}};
  tracker_client dashed{server.plain()};
  tracker_client dashless{server.plain()};

  EXPECT_EQ(dashed.announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("interval"), 33);
  EXPECT_EQ(
      dashless.announce({.swarm = fresh_swarm(), .peer = fresh_dashless_peer()}).number("interval"),
      22);
}

TEST(CommandLine, TokenPrintsOneLineThatIsAToken) {
  temporary_folder const folder;
  auto const secret = folder.write("secret", std::string(32, 's'));

  auto const result = waggle({"token", "--secret-file", secret, "--tenant", "acme"});

  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              testing::MatchesRegex("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\n"));
  EXPECT_EQ(waggle({"token"}).code, 2);
  EXPECT_EQ(waggle({"token", "--secret-file", folder.path("missing")}).code, 1);
}

TEST(CommandLine, ServeIsTheDefaultCommand) {
  server_process server{
      {waggle_binary(), "--listen", "127.0.0.1:0", "--internal", "127.0.0.1:0", "--cores", "1"}};

  EXPECT_EQ(http_get(server.plain(), "/healthz").status, 200);
}

}  // namespace
}  // namespace waggle::test

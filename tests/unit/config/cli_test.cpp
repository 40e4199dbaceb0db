// SPDX-License-Identifier: Apache-2.0
// Command lines of waggle and waggle-echo.
#include "config/cli.hpp"

#include "config/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace waggle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct outcome {
  std::variant<cli, int> parsed;
  std::string out;
  std::string err;
};

outcome run(cli_program const& program, std::vector<char const*> arguments) {
  arguments.insert(arguments.begin(), program.name.c_str());
  std::ostringstream out;
  std::ostringstream err;
  auto parsed = parse_cli(program, static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {std::move(parsed), out.str(), err.str()};
}

cli parsed(std::vector<char const*> arguments) {
  auto const result = run(waggle_program(), std::move(arguments));
  EXPECT_EQ(result.err, "");
  return std::holds_alternative<cli>(result.parsed) ? std::get<cli>(result.parsed) : cli{};
}

// The line is refused with code 2 and an explanation on the error stream.
std::string usage_error(cli_program const& program, std::vector<char const*> arguments) {
  auto const result = run(program, std::move(arguments));
  auto const* code = std::get_if<int>(&result.parsed);
  EXPECT_EQ(code == nullptr ? 0 : *code, 2);
  EXPECT_EQ(result.out, "");
  return result.err;
}

auto flag(char const* key, std::vector<std::string> values, char const* written) {
  return testing::AllOf(testing::Field(&flag_value::key, key),
                        testing::Field(&flag_value::values, values),
                        testing::Field(&flag_value::flag, written));
}

TEST(Cli, ServesByDefault) {
  auto const line = parsed({});

  EXPECT_EQ(line.run, cli::command::serve);
  EXPECT_TRUE(line.flags.empty());
  EXPECT_FALSE(line.config_file);
}

TEST(Cli, TakesOptionsWithAndWithoutTheSubcommand) {
  for (auto const& arguments : {std::vector<char const*>{"--listen", ":1", "--cores", "2"},
                                {"serve", "--listen", ":1", "--cores", "2"},
                                {"--listen", ":1", "serve", "--cores", "2"}}) {
    auto const line = parsed(arguments);

    EXPECT_EQ(line.run, cli::command::serve);
    EXPECT_THAT(line.flags, ElementsAre(flag("network.listen", {":1"}, "--listen"),
                                        flag("network.cores", {"2"}, "--cores")));
  }
}

TEST(Cli, RepeatedListenersAreOneList) {
  auto const line =
      parsed({"--listen", ":1", "--listen=:2", "--listen-tls", ":3", "--listen-tls", ":4"});

  EXPECT_THAT(line.flags, ElementsAre(flag("network.listen", {":1", ":2"}, "--listen"),
                                      flag("network.listen_tls", {":3", ":4"}, "--listen-tls")));
}

TEST(Cli, EveryShortFlagOfTheTableIsTaken) {
  for (auto const& row : field_table()) {
    if (row.flag.empty()) continue;
    std::string const written{row.flag};
    settings any;
    if (std::holds_alternative<bool*>(row.in(any))) {
      EXPECT_THAT(parsed({written.c_str()}).flags,
                  ElementsAre(flag(key_of(row).c_str(), {"true"}, written.c_str())));
      continue;
    }

    EXPECT_THAT(parsed({written.c_str(), "x"}).flags,
                ElementsAre(flag(key_of(row).c_str(), {"x"}, written.c_str())));
  }
}

TEST(Cli, SetNamesAnySetting) {
  auto const line = parsed({"--set", "session.ping_after=1s", "--set", "access.warning=a=b",
                            "serve", "--set", "tls.cert="});

  EXPECT_THAT(line.flags, ElementsAre(flag("session.ping_after", {"1s"}, "--set"),
                                      flag("access.warning", {"a=b"}, "--set"),
                                      flag("tls.cert", {""}, "--set")));
}

TEST(Cli, OptionsBehindTheSubcommandWinOverThoseBefore) {
  auto const line =
      parsed({"--cores", "1", "--config", "a.json", "serve", "--cores", "2", "--config", "b.json"});

  EXPECT_EQ(line.config_file, "b.json");
  EXPECT_EQ(load({.flags = line.flags}).values.network.cores, 2U);
}

TEST(Cli, KnowsEverySubcommand) {
  EXPECT_EQ(parsed({"check-config", "--config", "a.json"}).run, cli::command::check_config);
  EXPECT_EQ(parsed({"check-config", "--config", "a.json"}).config_file, "a.json");
  EXPECT_EQ(parsed({"health", "--internal", ":1"}).run, cli::command::health);
  EXPECT_TRUE(parsed({"health", "--live"}).live);
  EXPECT_EQ(parsed({"health", "--timeout", "1.5s"}).timeout, std::chrono::milliseconds{1'500});
  EXPECT_EQ(parsed({"doctor", "wss://host/"}).run, cli::command::doctor);
  EXPECT_EQ(parsed({"print-config"}).run, cli::command::print_config);
  EXPECT_TRUE(parsed({"print-config", "--schema"}).schema);
  EXPECT_TRUE(parsed({"print-config", "--markdown"}).markdown);
  EXPECT_EQ(parsed({"version"}).run, cli::command::version);
  EXPECT_EQ(parsed({"--version"}).run, cli::command::version);
}

TEST(Cli, DoctorTakesAUrlAndItsOptions) {
  auto const bare = parsed({"doctor", "wss://host/"}).doctor;
  EXPECT_EQ(bare.url, "wss://host/");
  EXPECT_FALSE(bare.insecure || bare.json || bare.ca || bare.internal || bare.idle || bare.timeout);

  auto const line = parsed({"doctor", "--insecure", "--ca", "ca.pem", "--idle", "90", "--timeout",
                            "500ms", "--internal", "http://127.0.0.1:8001", "--from", "127.0.0.2",
                            "--info-hash", "00", "--json", "ws://host"})
                        .doctor;
  EXPECT_TRUE(line.insecure && line.json);
  EXPECT_EQ(line.ca, "ca.pem");
  EXPECT_EQ(line.idle, std::chrono::seconds{90});
  EXPECT_EQ(line.timeout, std::chrono::milliseconds{500});
  EXPECT_EQ(line.internal, "http://127.0.0.1:8001");
  EXPECT_EQ(line.from, "127.0.0.2");
  EXPECT_EQ(line.info_hash, "00");
}

TEST(Cli, DoctorRefusesWhatItCannotMeasure) {
  auto const waggle = waggle_program();
  EXPECT_THAT(usage_error(waggle, {"doctor"}), HasSubstr("URL"));
  EXPECT_THAT(usage_error(waggle, {"doctor", "ws://a", "ws://b"}), HasSubstr("ws://b"));
  for (auto const* const idle : {"301", "6m", "-1", "soon", ""}) {
    EXPECT_THAT(usage_error(waggle, {"doctor", "ws://a", "--idle", idle}), HasSubstr("--idle"));
  }
  EXPECT_THAT(usage_error(waggle, {"doctor", "ws://a", "--timeout", "0"}), HasSubstr("--timeout"));
}

TEST(Cli, WrongUsageIsExplainedAndExitsWithTwo) {
  auto const waggle = waggle_program();
  EXPECT_THAT(usage_error(waggle, {"frobnicate"}), HasSubstr("frobnicate"));
  EXPECT_THAT(usage_error(waggle, {"--frobnicate"}), HasSubstr("--frobnicate"));
  EXPECT_THAT(usage_error(waggle, {"--cores"}), HasSubstr("--cores"));
  EXPECT_THAT(usage_error(waggle, {"--set", "cores"}), HasSubstr("SECTION.FIELD=VALUE"));
  EXPECT_THAT(usage_error(waggle, {"print-config", "--schema", "--markdown"}),
              HasSubstr("excludes"));
  for (auto const* const timeout : {"3", "0s", "-1s", "11m", "soon", ""}) {
    EXPECT_THAT(usage_error(waggle, {"health", "--timeout", timeout}), HasSubstr("--timeout"));
  }
  EXPECT_THAT(usage_error(waggle, {"serve", "--live"}), HasSubstr("--live"));
  EXPECT_THAT(usage_error(waggle, {"serve", "check-config"}), HasSubstr("check-config"));
}

TEST(Cli, HelpGoesToTheOutputAndExitsWithZero) {
  for (auto const& arguments : {std::vector<char const*>{"--help"}, {"serve", "--help"}}) {
    auto const result = run(waggle_program(), arguments);

    ASSERT_TRUE(std::holds_alternative<int>(result.parsed));
    EXPECT_EQ(std::get<int>(result.parsed), 0);
    EXPECT_THAT(result.out, HasSubstr("--listen ADDR:PORT"));
    EXPECT_EQ(result.err, "");
  }
}

TEST(Cli, EchoTakesTheSameFlagsButNoSubcommandOrFile) {
  auto const echo = waggle_echo_program();
  auto const result = run(echo, {"--listen", ":0", "--tls-cert", "c", "--set", "tls.key=k"});

  ASSERT_TRUE(std::holds_alternative<cli>(result.parsed)) << result.err;
  EXPECT_THAT(std::get<cli>(result.parsed).flags,
              ElementsAre(flag("network.listen", {":0"}, "--listen"),
                          flag("tls.cert", {"c"}, "--tls-cert"), flag("tls.key", {"k"}, "--set")));
  EXPECT_THAT(usage_error(echo, {"print-config"}), HasSubstr("print-config"));
  EXPECT_THAT(usage_error(echo, {"--config", "x"}), HasSubstr("--config"));
}

TEST(Cli, SourcesHoldFileFlagsAndOurEnvironment) {
  char const* const environment[] = {"PATH=/bin", "WAGGLE_NETWORK_CORES=5", nullptr};

  auto const sources = sources_of(parsed({"--config", "f", "--cores", "2"}), environment);

  EXPECT_EQ(sources.file_path, "f");
  EXPECT_EQ(sources.environment.size(), 1U);
  EXPECT_EQ(sources.flags.size(), 1U);
}

TEST(Cli, TheEnvironmentNamesTheFileThatTheLineDoesNot) {
  char const* const environment[] = {"WAGGLE_CONFIG=e", nullptr};
  char const* const empty[] = {"WAGGLE_CONFIG=", nullptr};

  EXPECT_EQ(sources_of(parsed({}), environment).file_path, "e");
  EXPECT_EQ(sources_of(parsed({"--config", "f"}), environment).file_path, "f");
  EXPECT_EQ(sources_of(parsed({}), empty).file_path, std::nullopt);
  auto const loaded = load({.environment = {{"WAGGLE_CONFIG", "e"}}});
  EXPECT_TRUE(loaded.ok());  // it is no setting, and no mistake either
}

}  // namespace
}  // namespace waggle

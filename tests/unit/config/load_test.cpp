// SPDX-License-Identifier: Apache-2.0
// Sources in their order, and everything that can be wrong with them.
#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace waggle {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

load_result load_text(std::string text) {
  return load({.file_path = "waggle.json", .text = std::move(text)});
}

std::vector<std::string> lines(load_result const& loaded) {
  std::vector<std::string> found;
  for (auto const& wrong : loaded.problems) found.push_back(to_string(wrong));
  return found;
}

TEST(Load, NothingGivesTheDefaults) {
  auto const loaded = load({});

  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.values, settings{});
}

TEST(Load, ReadsTheFileWithComments) {
  auto const loaded = load_text(R"(// a comment with { and "
    { "$schema": "waggle.schema.json",
      /* another ] */ "network": { "cores": 3 /* inside */, "listen": ["[::]:1"] } } // end)");

  EXPECT_THAT(lines(loaded), ElementsAre());
  EXPECT_EQ(loaded.values.network.cores, 3U);
  EXPECT_EQ(loaded.values.network.listen, (std::vector<endpoint_setting>{{"::", 1}}));
}

TEST(Load, LaterSourcesWin) {
  load_sources sources{.text = R"({"network": {"cores": 1, "backlog": 10, "tick": "20ms"}})"};
  sources.environment = {{"WAGGLE_NETWORK_CORES", "2"}, {"WAGGLE_NETWORK_BACKLOG", "20"}};
  sources.flags = {{"network.cores", {"3"}, "--cores"}};

  auto const loaded = load(sources);

  ASSERT_THAT(lines(loaded), ElementsAre());
  EXPECT_EQ(loaded.values.network.cores, 3U);
  EXPECT_EQ(loaded.values.network.backlog, 20U);
  EXPECT_EQ(loaded.values.network.tick, 20ms);
}

TEST(Load, ALaterListReplacesTheEarlierOne) {
  load_sources sources{.text = R"({"network": {"listen": [":1", ":2"]}})"};
  sources.environment = {{"WAGGLE_NETWORK_LISTEN", ":3,:4"}};
  EXPECT_EQ(load(sources).values.network.listen,
            (std::vector<endpoint_setting>{{"::", 3}, {"::", 4}}));

  sources.flags = {{"network.listen", {":5"}, "--listen"}};
  EXPECT_EQ(load(sources).values.network.listen, (std::vector<endpoint_setting>{{"::", 5}}));

  sources.flags = {{"network.listen", {""}}};
  EXPECT_TRUE(load(sources).values.network.listen.empty());
}

TEST(Load, TheLaterOfTwoFlagsWins) {
  auto const loaded = load({.flags = {{"network.cores", {"3"}}, {"network.cores", {"4"}}}});

  EXPECT_EQ(loaded.values.network.cores, 4U);
}

TEST(Load, AnUnknownKeyIsAnErrorWithTheNearest) {
  EXPECT_THAT(lines(load_text(R"({"session": {"ping_afer": 1}})")),
              ElementsAre("waggle.json: unknown key \"session.ping_afer\"; the nearest is "
                          "session.ping_after"));
  EXPECT_THAT(lines(load({.flags = {{"network.core", {"1"}}}})),
              ElementsAre("--set: unknown key \"network.core\"; the nearest is network.cores"));
}

TEST(Load, AKeyInTheWrongPlaceIsPointedToTheRightOne) {
  EXPECT_THAT(lines(load_text(R"({"network": {"ping_after": 1}})")),
              ElementsAre(HasSubstr("nearest is session.ping_after")));
  EXPECT_THAT(lines(load_text(R"({"listen_tls": [":1"]})")),
              ElementsAre(HasSubstr("nearest is network.listen_tls")));
  EXPECT_THAT(lines(load({.flags = {{"cores", {"1"}}}})),
              ElementsAre(HasSubstr("nearest is network.cores")));
}

TEST(Load, AnUnknownSectionIsAnErrorWithTheNearest) {
  EXPECT_THAT(lines(load_text(R"({"swarms": {}})")),
              ElementsAre("waggle.json: unknown section \"swarms\"; the nearest is swarm"));
}

TEST(Load, AnUnknownVariableIsAnErrorWithTheNearest) {
  EXPECT_THAT(lines(load({.environment = {{"WAGGLE_NETWORK_CORE", "1"}, {"HOME", "/"}}})),
              ElementsAre("environment: unknown variable \"WAGGLE_NETWORK_CORE\"; the nearest is "
                          "WAGGLE_NETWORK_CORES"));
}

TEST(Load, AMisspeltSectionOfAVariableIsAnErrorToo) {
  EXPECT_THAT(lines(load({.environment = {{"WAGGLE_NETWROK_CORES", "1"}}})),
              ElementsAre("environment: unknown variable \"WAGGLE_NETWROK_CORES\"; the nearest is "
                          "WAGGLE_NETWORK_CORES"));
}

TEST(Load, VariablesThatOthersMakeOfOurNameAreIgnored) {
  EXPECT_TRUE(load({.environment = {{"WAGGLE_SERVICE_HOST", "10.0.0.1"},
                                    {"WAGGLE_PORT_8000_TCP_ADDR", "10.0.0.1"},
                                    {"WAGGLE_BIN", "build/dev/waggle"}}})
                  .ok());
}

TEST(Load, EveryProblemIsReportedWithItsSource) {
  load_sources sources{.file_path = "waggle.json"};
  sources.text = R"({"session": {"ping_after": "900s", "typo": 1}, "network": 3, "log": {}})";
  sources.environment = {{"WAGGLE_LOG_LEVEL", "loud"}};
  sources.flags = {{"network.cores", {"257"}, "--cores"}};

  auto const found = lines(load(sources));

  EXPECT_EQ(found.size(), 5U);
  EXPECT_THAT(found, Contains("waggle.json: session.ping_after: \"900s\" is above the bound "
                              "(100ms..10m)"));
  EXPECT_THAT(found, Contains(StartsWith("waggle.json: unknown key \"session.typo\"")));
  EXPECT_THAT(found, Contains(StartsWith("waggle.json: network: expected an object")));
  EXPECT_THAT(found, Contains(StartsWith("WAGGLE_LOG_LEVEL: log.level: expected \"trace\"")));
  EXPECT_THAT(found, Contains("--cores: network.cores: 257 is above the bound (0..256)"));
}

TEST(Load, ASyntaxErrorNamesTheLine) {
  EXPECT_THAT(lines(load_text("{\n  \"network\": {\n    \"cores\" 3\n  }\n}")),
              ElementsAre(StartsWith("waggle.json:3: syntax error")));
  EXPECT_THAT(lines(load_text("")), ElementsAre(StartsWith("waggle.json:1: ")));
  EXPECT_THAT(lines(load_text("{}\n{}")), ElementsAre(StartsWith("waggle.json:2: ")));
  EXPECT_THAT(lines(load_text("{ /* open")), ElementsAre(StartsWith("waggle.json:1: ")));
}

TEST(Load, BytesThatAreNotUtf8AreASyntaxError) {
  auto const found = lines(load_text("{\"tls\": {\"cert\": \"\xff\x1b\"}}"));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].find('\x1b'), std::string::npos);
  EXPECT_EQ(found[0].find('\xff'), std::string::npos);
}

TEST(Load, ANumberPastEveryRangeIsAnError) {
  EXPECT_THAT(lines(load_text(R"({"session": {"ping_after": 1e999}})")),
              ElementsAre("waggle.json: number overflow parsing '1e999'"));
}

TEST(Load, AKeyGivenTwiceIsAnError) {
  EXPECT_THAT(lines(load_text(R"({"network": {"cores": 1, "cores": 2}})")),
              ElementsAre("waggle.json: \"cores\" is given twice"));
  EXPECT_THAT(lines(load_text(R"({"log": {}, "log": {}})")),
              ElementsAre("waggle.json: \"log\" is given twice"));
}

TEST(Load, DeepNestingIsRefusedWithItsLine) {
  EXPECT_THAT(lines(load_text("\n" + std::string(1'000'000, '['))),
              ElementsAre("waggle.json:2: nested deeper than 16 levels"));
  EXPECT_THAT(lines(load_text(R"({"access": {"warning": "[[[[[[[[[[[[[[[[[[[[[[[[[ \" [["}})")),
              ElementsAre());
}

TEST(Load, WhatIsNoObjectIsRefused) {
  EXPECT_THAT(lines(load_text("[1]")), ElementsAre(HasSubstr("expected an object")));
  EXPECT_THAT(lines(load_text("null")), ElementsAre(HasSubstr("expected an object")));
}

TEST(Load, ALongListOfProblemsIsCut) {
  std::string text = "{";
  for (int i = 0; i < 500; ++i) text += "\"k" + std::to_string(i) + "\": 1,";
  text.back() = '}';

  auto const found = lines(load_text(text));

  EXPECT_EQ(found.size(), problem_list::kept_max + 1);
  EXPECT_EQ(found.back(), "configuration: and 400 more problems");
}

TEST(Load, DeathMustBeAtLeastTwoPingsAway) {
  EXPECT_THAT(lines(load({.flags = {{"session.dead_after", {"49.999"}}}})),
              ElementsAre(StartsWith("configuration: session.dead_after: must be at least twice")));
  EXPECT_TRUE(load({.flags = {{"session.dead_after", {"50"}}}}).ok());
}

TEST(Load, TheLongestIntervalMustNotBeBelowTheShortest) {
  EXPECT_THAT(lines(load({.flags = {{"webtorrent.interval_max", {"53"}}}})),
              ElementsAre(HasSubstr("must be at least webtorrent.interval_min")));
  EXPECT_TRUE(load({.flags = {{"webtorrent.interval_max", {"54"}}}}).ok());
}

TEST(Load, TheSharedQueueMustHoldOneConnections) {
  EXPECT_THAT(lines(load({.flags = {{"session.outbox_bytes_total_max", {"128KiB"}}}})),
              ElementsAre(HasSubstr("must be at least session.outbox_bytes_max")));
}

TEST(Load, ARuleIsNotAppliedToAValueThatWasRefused) {
  auto const loaded =
      load({.flags = {{"session.dead_after", {"x"}}, {"session.ping_after", {"50"}}}});

  EXPECT_THAT(lines(loaded), ElementsAre(StartsWith("--set: session.dead_after: expected")));
}

TEST(Load, TlsListenersNeedCertificateAndKey) {
  load_sources sources{.flags = {{"network.listen_tls", {":8443"}, "--listen-tls"}}};
  EXPECT_THAT(lines(load(sources)),
              ElementsAre(HasSubstr("tls.cert and tls.key are needed for network.listen_tls")));

  sources.flags.push_back({"tls.cert", {"cert.pem"}});
  EXPECT_FALSE(load(sources).ok());

  sources.flags.push_back({"tls.key", {"key.pem"}});
  EXPECT_TRUE(load(sources).ok());
  EXPECT_THAT(lines(load({.flags = {{"network.listen_tls_proxy", {":8443"}}}})),
              ElementsAre(HasSubstr("are needed for network.listen_tls_proxy")));
}

TEST(Load, OneAddressCannotBeListenedOnTwiceUnlessThePortIsFree) {
  EXPECT_THAT(lines(load({.flags = {{"network.listen", {":1", "[::]:1"}}}})),
              ElementsAre("configuration: network.listen: [::]:1 is named twice"));
  EXPECT_THAT(lines(load({.flags = {{"network.listen", {"127.0.0.1:8001"}}}})),
              ElementsAre("configuration: network.internal: 127.0.0.1:8001 is named twice"));
  EXPECT_THAT(
      lines(load({.flags = {{"network.listen", {":1"}}, {"network.listen_proxy", {":1"}}}})),
      ElementsAre("configuration: network.listen_proxy: [::]:1 is named twice"));
  EXPECT_TRUE(load({.flags = {{"network.listen", {":0", ":0"}}}}).ok());
}

TEST(Load, ReadsTheFileItIsPointedTo) {
  auto const path = testing::TempDir() + "waggle_load_test.json";
  std::ofstream{path} << R"({"network": {"cores": 7}})";

  auto const loaded = load({.file_path = path});
  std::remove(path.c_str());

  EXPECT_EQ(loaded.values.network.cores, 7U);
  EXPECT_THAT(lines(load({.file_path = path})),
              ElementsAre(path + ": cannot read: No such file or directory"));
  EXPECT_THAT(lines(load({.file_path = testing::TempDir()})),
              ElementsAre(HasSubstr("cannot read: ")));
}

TEST(Load, AFilePastTheBoundIsRefused) {
  auto const path = testing::TempDir() + "waggle_load_test_long.json";
  std::ofstream{path} << "{}" << std::string(config_file_bytes_max, ' ');

  auto const loaded = load({.file_path = path});
  std::remove(path.c_str());

  EXPECT_THAT(lines(loaded), ElementsAre(path + ": cannot read: longer than 16MiB"));
}

TEST(Environment, OnlyOurVariablesAreCollected) {
  char const* const environment[] = {"HOME=/root", "WAGGLE_LOG_LEVEL=a=b", "WAGGLE_X=", nullptr};

  EXPECT_THAT(waggle_environment(environment),
              ElementsAre(testing::Pair("WAGGLE_LOG_LEVEL", "a=b"), testing::Pair("WAGGLE_X", "")));
  EXPECT_TRUE(waggle_environment(nullptr).empty());
}

}  // namespace
}  // namespace waggle

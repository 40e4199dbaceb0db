// SPDX-License-Identifier: Apache-2.0
// What of a changed configuration is taken, what is refused, and what operators are told. Real
// files; the parts of the server are played by a list of what was installed.
#include "server/configuration.hpp"

#include "tests/support/certificate.hpp"
#include "tests/unit/config/changed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <new>

namespace waggle::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A file, and what was installed since it was first read.
struct configured {
  explicit configured(std::string const& text = "{}", load_sources sources = {}) {
    sources.file_path = folder.write("waggle.json", text);
    auto const first = load(sources);
    EXPECT_TRUE(first.ok());
    config = std::make_unique<configuration>(std::move(sources), first.values);
    config->start([this](settings const& changed) { installed.push_back(changed); });
  }
  reload_report says(std::string const& text) {
    folder.write("waggle.json", text);
    return config->reload();
  }
  void expect_refused(reload_report const& report, settings const& before,
                      std::string const& why) const {
    EXPECT_FALSE(report.ok);
    EXPECT_THAT(report.changed, IsEmpty());
    EXPECT_THAT(report.problem, HasSubstr(why));
    EXPECT_EQ(config->facts().problem, report.problem);
    EXPECT_EQ(config->in_use(), before);
    EXPECT_THAT(installed, IsEmpty());
  }

  temporary_folder folder;
  std::unique_ptr<configuration> config;
  std::vector<settings> installed;
};

TEST(Configuration, TakesWhatTheFileSaysNow) {
  configured at;

  auto const report =
      at.says(R"({"session": {"ping_after": "9s"}, "webtorrent": {"offers_max": 3}})");

  EXPECT_TRUE(report.ok);
  EXPECT_THAT(report.changed, ElementsAre("session.ping_after", "webtorrent.offers_max"));
  EXPECT_THAT(report.refused, IsEmpty());
  EXPECT_EQ(report.problem, "");
  ASSERT_EQ(at.installed.size(), 1U);
  EXPECT_EQ(at.installed[0].webtorrent.offers_max, 3U);
  EXPECT_EQ(at.config->in_use(), at.installed[0]);
  EXPECT_EQ(at.config->facts().reloads, 1U);
  EXPECT_EQ(at.config->facts().reloads_refused, 0U);
}

TEST(Configuration, InstallsNothingWhereNothingHasChanged) {
  configured at{R"({"webtorrent": {"offers_max": 3}})"};

  auto const report = at.says(R"({"webtorrent": {"offers_max":3}} // the same)");

  EXPECT_TRUE(report.ok);
  EXPECT_THAT(report.changed, IsEmpty());
  EXPECT_THAT(at.installed, IsEmpty());
  EXPECT_EQ(at.config->facts().reloads, 1U);
}

TEST(Configuration, GoesBackToTheDefaultOfWhatIsNoLongerSaid) {
  configured at{R"({"webtorrent": {"offers_max": 3}})"};

  EXPECT_THAT(at.says("{}").changed, ElementsAre("webtorrent.offers_max"));

  EXPECT_EQ(at.config->in_use(), settings{});
}

TEST(Configuration, LetsFlagsAndEnvironmentWinAsAtTheStart) {
  configured at{"{}",
                {.environment = {{"WAGGLE_SWARM_MEMBERS_MAX", "7"}},
                 .flags = {{.key = "webtorrent.offers_max", .values = {"9"}}}}};

  auto const report = at.says(
      R"({"webtorrent": {"offers_max": 3, "scrape_all": true}, "swarm": {"members_max": 8}})");

  EXPECT_THAT(report.changed, ElementsAre("webtorrent.scrape_all"));
  EXPECT_EQ(at.config->in_use().webtorrent.offers_max, 9U);
  EXPECT_EQ(at.config->in_use().swarm.members_max, 7U);
}

TEST(Configuration, OfAWrongFileChangesNothingAndSaysWhy) {
  configured at{R"({"webtorrent": {"offers_max": 3}})"};
  auto const before = at.config->in_use();

  at.expect_refused(at.says(R"({"webtorrent": {"offers_max": 4)"), before, "waggle.json:1");
  at.expect_refused(at.says(R"({"webtorrent": {"offers_max": 4, "ofers": 1}})"), before,
                    "unknown key \"webtorrent.ofers\"");
  at.expect_refused(at.says(R"({"webtorrent": {"offers_max": 4, "interval_min": "2h"}})"), before,
                    "webtorrent.interval_max");
  at.expect_refused(at.says(R"({"webtorrent": {"offers_max": 101}})"), before, "0..100");
  at.expect_refused(at.says(""), before, "waggle.json");

  EXPECT_EQ(at.config->facts().reloads_refused, 5U);
  EXPECT_EQ(at.config->facts().reloads, 0U);
}

TEST(Configuration, OfWhatIsNoFileChangesNothingAndWaitsForNobody) {
  namespace files = std::filesystem;
  configured at;
  auto const path = at.folder.path("waggle.json");
  files::remove(path);

  at.expect_refused(at.config->reload(), {}, "No such file");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);  // that nobody ever writes to
  at.expect_refused(at.config->reload(), {}, "not a regular file");
  files::remove(path);
  files::create_directory(path);
  at.expect_refused(at.config->reload(), {}, "not a regular file");
}

TEST(Configuration, TellsAFewProblemsAndHowManyMoreThereAre) {
  configured at;

  auto const report = at.says(R"({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1})");

  EXPECT_THAT(report.problem, testing::EndsWith("; and 2 more"));
}

TEST(Configuration, ForgetsAProblemOnceItIsMended) {
  configured at;
  ASSERT_FALSE(at.says("{").ok);

  EXPECT_TRUE(at.says("{}").ok);

  EXPECT_EQ(at.config->facts().problem, "");
}

TEST(Configuration, RefusesTheWholeForEachSettingThatNeedsARestart) {
  configured at;

  auto const report = at.says(R"({
    "network": {"listen": ["127.0.0.1:1"], "cores": 2},
    "mailbox": {"relay_bytes_max": "1MiB"},
    "webtorrent": {"offers_max": 3}})");

  at.expect_refused(report, {}, "restart");
  EXPECT_THAT(report.refused,
              ElementsAre("network.listen", "network.cores", "mailbox.relay_bytes_max"));
  for (auto const& key : report.refused) EXPECT_THAT(report.problem, HasSubstr(key));
}

TEST(Configuration, TakesEverySettingThatIsReloadableAndNoOther) {
  for (auto const& row : field_table()) {
    SCOPED_TRACE(key_of(row));
    auto const before = changed(row);
    configuration config{{.text = "{}"}, before};

    auto const report = config.reload();

    EXPECT_EQ(report.ok, row.reloadable);
    EXPECT_EQ(config.in_use(), row.reloadable ? settings{} : before);
    EXPECT_THAT(row.reloadable ? report.changed : report.refused, ElementsAre(key_of(row)));
    EXPECT_THAT(row.reloadable ? report.refused : report.changed, IsEmpty());
  }
}

TEST(Configuration, KeepsTheOldOneWhereTheNewOneCannotBeInstalled) {
  configured at;
  at.config->start([](settings const&) { throw std::bad_alloc{}; });

  auto const report = at.says(R"({"webtorrent": {"offers_max": 3}})");

  at.expect_refused(report, {}, "bad_alloc");
  at.config->start([&](settings const& changed) { at.installed.push_back(changed); });
  EXPECT_TRUE(at.config->reload().ok);
  EXPECT_EQ(at.installed.size(), 1U);
}

}  // namespace
}  // namespace waggle::test

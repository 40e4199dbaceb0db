// SPDX-License-Identifier: Apache-2.0
// The server with a store in a file: what a restart must not forget.
#include "server/storage/sqlite_handle.hpp"
#include "tests/integration/storage_rig.hpp"

#include <sys/wait.h>

namespace waggle::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Ge;
using testing::HasSubstr;
using testing::Not;

class Storage : public CoresTest {
 protected:
  [[nodiscard]] tracker_options kept(std::vector<std::string> settings = {}) const {
    settings.push_back("storage.url=sqlite:" + file);
    return cores(std::move(settings));
  }
  static int downloaded(tracker& at, std::string const& swarm) {
    tracker_client client{at.plain()};
    return client.scrape({swarm}).fields["files"][swarm]["downloaded"];
  }

  temporary_folder folder;
  std::string file = folder.path("waggle.db");
};

TEST_P(Storage, AScrapeKnowsTheDownloadsFromBeforeARestart) {
  auto const swarm = fresh_swarm();
  {
    tracker server{kept()};
    complete_downloads(server.plain(), swarm, 3);
    EXPECT_EQ(downloaded(server, swarm), 3) << "nobody is there any more";
  }
  tracker again{kept()};
  EXPECT_EQ(downloaded(again, swarm), 3);
  complete_downloads(again.plain(), swarm, 1);
  EXPECT_EQ(downloaded(again, swarm), 4);
  EXPECT_EQ(downloaded(again, fresh_swarm()), 0);
}

TEST_P(Storage, ASeederThatWasOneFromTheBeginningCountsAsClientsExpect) {
  tracker server{kept()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  client.announce({.swarm = swarm, .peer = fresh_peer(), .left = 0});
  EXPECT_EQ(downloaded(server, swarm), 1);
}

TEST_P(Storage, ASwarmIsKeptWithItsPeakAndTimes) {
  auto const swarm = fresh_swarm();
  auto const alone = fresh_swarm();
  auto const completed_alone = fresh_swarm();
  auto const before = now_by_the_wall();
  {
    tracker server{kept()};
    tracker_client client{server.plain()};
    for (int i = 0; i < 4; ++i) client.announce({.swarm = swarm, .peer = fresh_peer()});
    client.announce({.swarm = alone, .peer = fresh_peer()});
    auto const visitor = fresh_peer();
    for (auto const* const event : {"completed", "stopped"}) {
      client.announce({.swarm = completed_alone, .peer = visitor, .event = event, .left = 0});
    }
    EXPECT_TRUE(
        eventually([&] { return server.metric("waggle_storage_facts_written_total") >= 1; }));
  }
  auto const store = opened({.url = "sqlite:" + file});
  auto const found =
      swarms_in(*store, {swarm_of(swarm), swarm_of(alone), swarm_of(completed_alone)});
  ASSERT_EQ(found.size(), 1U) << "of one visitor alone nothing is kept";
  EXPECT_EQ(found[0].peak, 4U);
  EXPECT_EQ(found[0].completed, 0U);
  EXPECT_GE(found[0].first_seen, before - 1s);
  EXPECT_LE(found[0].first_seen, found[0].last_seen);
  EXPECT_LE(found[0].last_seen, now_by_the_wall());
}

TEST_P(Storage, SeriesOfTotalsAndOfTheBusiestSwarmsOutliveTheServer) {
  auto const swarm = fresh_swarm();
  auto const busy = "swarm/" + hex_of(swarm) + "/members";
  std::vector<std::string> const names{"peers", "connections", "announces", "messages_sent", busy};
  for (int life = 0; life < 2; ++life) {
    tracker server{kept({"storage.series_interval=100ms"})};
    tracker_client client{server.plain()};
    for (int i = 0; i < 3; ++i) client.announce({.swarm = swarm, .peer = fresh_peer()});
    auto const writes = [&] { return server.metric("waggle_storage_facts_written_total"); };
    auto const at_first = writes();
    EXPECT_TRUE(eventually([&] { return writes() >= at_first + 6; }));
  }
  auto const store = opened({.url = "sqlite:" + file});
  auto const now = now_by_the_wall();
  for (auto const span :
       {storage::resolution::minute, storage::resolution::hour, storage::resolution::day}) {
    auto const points =
        series_in(*store, {.names = names, .from = now - 48h, .until = now + 1h, .span = span});
    ASSERT_FALSE(points.empty());
    auto const& values = points.back().values;
    auto const value_of = [&](std::string const& name) {
      for (auto const& [known, value] : values) {
        if (known == name) return value;
      }
      return -1.0;
    };
    for (auto const& name : names) EXPECT_GT(value_of(name), 0.0) << name;
    EXPECT_LE(value_of("peers"), 3.0);
    EXPECT_LE(value_of(busy), 3.0);
  }
}

WAGGLE_ON_ONE_AND_TWO_CORES(Storage);

run_result started_with(std::string const& url) {
  auto line = tracker_arguments({});
  line.insert(line.end(), {"--storage", url});
  return run(line);
}

TEST(StorageUrl, ThatNamesNoStoreIsRefusedWithTheKnownOnes) {
  auto const result = started_with("redis://localhost");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("storage.url"), HasSubstr("memory:, sqlite:PATH")));
  auto const checked =
      run({waggle_binary(), "check-config", "--set", "storage.url=redis://localhost"});
  EXPECT_EQ(checked.code, 1);
  EXPECT_THAT(checked.err, HasSubstr("memory:, sqlite:PATH"));
}

TEST(StorageUrl, OfANewerSchemaIsRefusedByName) {
  temporary_folder const folder;
  auto const file = folder.path("waggle.db");
  static_cast<void>(opened({.url = "sqlite:" + file}));
  storage::sqlite_connection{file, 0}.run("PRAGMA user_version=7");
  auto const result = started_with("sqlite:" + file);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr(file), HasSubstr("schema 7 of a newer version")));
}

}  // namespace
}  // namespace waggle::test

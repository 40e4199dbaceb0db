// SPDX-License-Identifier: Apache-2.0
// What only a back end with a file can promise: facts that outlive the store.
#include "server/storage/sqlite_file.hpp"
#include "server/storage/sqlite_schema.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/store_rig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle::storage::test {
namespace {

using namespace std::chrono_literals;
using namespace waggle::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteStore : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<store> open() { return opened({.url = "sqlite:" + path}); }
  [[nodiscard]] std::string refusal() {
    auto const refused = open_store({.url = "sqlite:" + path});
    return refused ? "" : refused.error().text;
  }

  temporary_folder folder;
  std::string path = folder.path("waggle.db");
};

ban_record ban(std::uint64_t id, std::string value) {
  return {.id = id,
          .kind = ban_kind::address,
          .value = std::move(value),
          .reason = "flooding",
          .by = "token",
          .since = at(1s),
          .until = wall_time::max()};
}

TEST_F(SqliteStore, HasEverythingAgainWhenItIsOpenedAgain) {
  {
    auto const first = open();
    static_cast<void>(first->load());
    apply(*first, {swarm_fact{numbered_swarm(1), 3, 7, at(0s), at(5s)},
                   swarm_fact{numbered_swarm(2), 0, 2, at(0s), at(5s)},
                   series_point{.at = at(0s), .values = {{"peers", 5.0}}}, ban(1, "192.0.2.1"),
                   ban(2, "2001:db8::/32"), ban(3, "192.0.2.3"), ban_lifted{3},
                   audit_record{.at = at(1s), .actor = "token"}});
  }  // which writes what waits
  auto const again = open();
  auto const all = again->load();
  EXPECT_THAT(all.bans, ElementsAre(ban(1, "192.0.2.1"), ban(2, "2001:db8::/32")));
  EXPECT_EQ(all.next_ban_id, 4U) << "the id of a lifted ban is not used again";
  EXPECT_THAT(all.completed, ElementsAre(swarm_record{numbered_swarm(1), 3, 7, at(0s), at(5s)}));
  EXPECT_THAT(swarms_in(*again, {numbered_swarm(2)}), SizeIs(1));
  EXPECT_THAT(series_in(*again, {.names = {"peers"}, .from = at(0s), .until = at(1h)}), SizeIs(1));
  EXPECT_THAT(audit_in(*again), SizeIs(1));
}

TEST_F(SqliteStore, RefusesANewerSchemaByName) {
  static_cast<void>(open());
  sqlite_connection{path, 0}.run("PRAGMA user_version=99");
  EXPECT_THAT(refusal(), HasSubstr(path));
  EXPECT_THAT(refusal(), HasSubstr("schema 99 of a newer version"));
}

TEST_F(SqliteStore, RefusesTheFileOfAnotherProgram) {
  sqlite_connection{path, 0}.run("CREATE TABLE recipes(name TEXT)");
  EXPECT_THAT(refusal(), HasSubstr("is the file of another program"));
  EXPECT_EQ(sqlite_connection(path, 0).text("PRAGMA journal_mode"), "delete") << "left as it was";
}

TEST_F(SqliteStore, MarksItsFile) {
  static_cast<void>(open());
  sqlite_connection file{path, 0};
  EXPECT_EQ(file.number("PRAGMA application_id"), sqlite_application_id);
  EXPECT_EQ(file.number("PRAGMA user_version"), sqlite_schema_version());
  EXPECT_EQ(file.text("PRAGMA journal_mode"), "wal");
}

TEST_F(SqliteStore, WritesABatchOnceEvenWhenItIsTriedAgain) {
  sqlite_file file{path, {100, 100}};
  std::vector<fact> const batch{swarm_fact{numbered_swarm(1), 1, 1, at(0s), at(0s)}};
  file.tables().write(batch, 41);
  file.tables().write(batch, 41);
  file.failed(SQLITE_IOERR);
  file.tables().write(batch, 41);
  std::vector<swarm_id> const wanted{numbered_swarm(1)};
  EXPECT_EQ(file.tables().find_swarms(wanted)[0].completed, 1U);
  file.tables().write(batch, 42);
  EXPECT_EQ(file.tables().find_swarms(wanted)[0].completed, 2U);
}

TEST_F(SqliteStore, PrunesInSmallSteps) {
  sqlite_file file{path, {100, 100}};
  std::vector<fact> batch;
  for (std::uint32_t i = 0; i < 1'800; ++i) {
    batch.emplace_back(swarm_fact{numbered_swarm(i), 0, 2, at(0s), at(i * 1s)});
  }
  file.tables().write(batch, 1);
  auto const rows = [&] {
    return sqlite_connection{path, 0}.number("SELECT count(*) FROM swarms");
  };
  EXPECT_TRUE(file.tables().prune());
  EXPECT_EQ(rows(), 1'300);
  EXPECT_TRUE(file.tables().prune());
  EXPECT_TRUE(file.tables().prune());
  EXPECT_FALSE(file.tables().prune());
  EXPECT_EQ(rows(), 100);
}

TEST_F(SqliteStore, KeepsWhatASmallerBoundStillAllows) {
  {
    auto const first = open();
    for (std::uint32_t i = 0; i < 300; ++i) {
      apply(*first, {swarm_fact{numbered_swarm(i), 1, 2, at(0s), at(i * 1s)}});
    }
  }
  auto const again = opened({.url = "sqlite:" + path, .swarms_max = 10});
  apply(*again, {audit_record{}});
  EXPECT_TRUE(eventually([&] {
    return sqlite_connection{path, 100}.number("SELECT count(*) FROM swarms") == 10;
  }));
  EXPECT_THAT(swarms_in(*again, {numbered_swarm(299)}), SizeIs(1));
}

}  // namespace
}  // namespace waggle::storage::test

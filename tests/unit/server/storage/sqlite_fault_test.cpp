// SPDX-License-Identifier: Apache-2.0
// A file that cannot be written or read: facts wait within their bound, the fault is told, and all
// goes on by itself once the cause is gone.
#include "server/storage/sqlite_file.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/store_rig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>

namespace waggle::storage::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace waggle::test;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteFault : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<store> open(std::size_t queue_max = 1'000) {
    return opened({.url = "sqlite:" + path,
                   .queue_max = queue_max,
                   .batch_delay = 5ms,
                   .retry_min = 10ms,
                   .retry_max = 50ms});
  }
  void complete(store& in, std::uint32_t swarm) {
    apply(in, {swarm_fact{numbered_swarm(swarm), 1, 1, at(0s), at(0s)}});
  }
  bool has_problem(store& in) {
    return eventually([&] { return !in.facts().problem.empty(); });
  }
  bool is_well(store& in) {
    return eventually([&] { return in.facts().problem.empty() && in.facts().facts_waiting == 0; });
  }
  void damage() {
    std::ofstream file{path, std::ios::binary};
    for (int i = 0; i < 20'000; ++i) file << "this is no database\n";
  }

  temporary_folder folder;
  std::string path = folder.path("waggle.db");
};

TEST_F(SqliteFault, ADamagedFileAtStartIsWaitedForAndNeverDeleted) {
  damage();
  auto const store = open(10);
  EXPECT_THAT(store->facts().problem, HasSubstr("is damaged"));
  auto const all = store->load();
  EXPECT_FALSE(all.readable);
  EXPECT_GT(all.next_ban_id, 1'000'000'000'000U);
  for (std::uint32_t i = 0; i < 15; ++i) complete(*store, i);
  EXPECT_THAT(swarms_in(*store, {numbered_swarm(1)}), IsEmpty());
  auto const facts = store->facts();
  EXPECT_EQ(facts.facts_dropped, 5U);
  EXPECT_EQ(facts.facts_waiting, 10U);
  EXPECT_GE(facts.faults, 1U);
  EXPECT_GT(fs::file_size(path), 100'000U);

  fs::rename(path, path + ".broken");

  EXPECT_TRUE(is_well(*store)) << store->facts().problem;
  EXPECT_THAT(swarms_in(*store, {numbered_swarm(1)}), SizeIs(1));
  EXPECT_EQ(store->facts().facts_written, 10U);
}

TEST_F(SqliteFault, WhatWasThereIsLoadedOnceItCanBeRead) {
  complete(*open(), 1);
  fs::rename(path, path + ".good");
  damage();
  auto const store = open();
  ASSERT_FALSE(store->load().readable);
  auto const late = std::make_shared<std::promise<loaded>>();
  auto result = late->get_future();
  store->load_later([late](loaded all) { late->set_value(std::move(all)); });
  complete(*store, 1);

  fs::rename(path + ".good", path);

  ASSERT_EQ(result.wait_for(patience), std::future_status::ready);
  auto const all = result.get();
  ASSERT_THAT(all.completed, SizeIs(1));
  EXPECT_EQ(all.completed[0].completed, 1U) << "without what was applied since";
  EXPECT_TRUE(is_well(*store));
  EXPECT_EQ(swarms_in(*store, {numbered_swarm(1)})[0].completed, 2U);
}

TEST_F(SqliteFault, AFileDamagedWhileInUseIsNoticed) {
  auto const store = open();
  complete(*store, 1);
  ASSERT_TRUE(is_well(*store));
  damage();
  complete(*store, 2);
  ASSERT_TRUE(has_problem(*store));
  EXPECT_THAT(store->facts().problem, HasSubstr("is damaged"));
  for (auto const* const end : {"", "-wal", "-shm"}) fs::remove(path + end);
  EXPECT_TRUE(is_well(*store)) << store->facts().problem;
  EXPECT_THAT(swarms_in(*store, {numbered_swarm(2)}), SizeIs(1));
}

TEST_F(SqliteFault, AFileThatIsMovedAwayIsMadeAnew) {
  auto const store = open();
  complete(*store, 1);
  ASSERT_TRUE(is_well(*store));
  fs::rename(path, path + ".old");
  complete(*store, 2);
  EXPECT_TRUE(eventually([&] { return fs::exists(path); }));
  EXPECT_THAT(swarms_in(*store, {numbered_swarm(1)}), IsEmpty());
  EXPECT_THAT(swarms_in(*store, {numbered_swarm(2)}), SizeIs(1));
}

TEST_F(SqliteFault, ALockOfAnotherProgramIsWaitedOut) {
  auto const store = open();
  complete(*store, 1);
  ASSERT_TRUE(is_well(*store));
  sqlite_connection other{path, 1'000};
  other.run("BEGIN IMMEDIATE");
  complete(*store, 1);
  ASSERT_TRUE(has_problem(*store));
  EXPECT_THAT(store->facts().problem, HasSubstr("locked by another program"));
  complete(*store, 1);
  EXPECT_EQ(store->facts().facts_waiting, 2U);
  EXPECT_EQ(swarms_in(*store, {numbered_swarm(1)})[0].completed, 1U) << "reading still works";
  other.run("ROLLBACK");
  EXPECT_TRUE(is_well(*store));
  EXPECT_EQ(swarms_in(*store, {numbered_swarm(1)})[0].completed, 3U);
}

TEST_F(SqliteFault, AMissingFolderIsWaitedFor) {
  path = folder.path("later/waggle.db");
  auto const store = open();
  ASSERT_TRUE(has_problem(*store));
  complete(*store, 1);
  fs::create_directory(folder.path("later"));
  EXPECT_TRUE(is_well(*store)) << store->facts().problem;
}

TEST_F(SqliteFault, TheEndDoesNotWaitForLong) {
  sqlite_connection other{path, 0};
  other.run("BEGIN EXCLUSIVE");
  auto store = open();
  complete(*store, 1);
  auto const begin = std::chrono::steady_clock::now();
  store.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_F(SqliteFault, MoreQueriesThanMayWaitAreAnsweredWithNothing) {
  auto const store = open();
  complete(*store, 1);
  ASSERT_TRUE(is_well(*store));
  std::atomic<int> answers{0};
  for (int i = 0; i < 5'000; ++i) {
    store->find_swarms({numbered_swarm(1)}, [&](std::vector<swarm_record> const&) { ++answers; });
  }
  EXPECT_TRUE(eventually([&] { return answers == 5'000; }));
}

}  // namespace
}  // namespace waggle::storage::test

// SPDX-License-Identifier: Apache-2.0
// A store that cannot write: clients notice nothing, operators see it, and it mends itself.
#include "server/storage/sqlite_handle.hpp"
#include "tests/integration/storage_rig.hpp"

#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace waggle::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StorageFault : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> arguments() const {
    return tracker_arguments(
        {.settings = {"storage.url=sqlite:" + file, "storage.series_interval=100ms"}});
  }

  static double metric(server_process const& of, std::string const& name) {
    return metric_sum(http_get(of.internal(), "/metrics").body, "waggle_storage_" + name);
  }
  static json ready(server_process const& of) {
    auto const response = http_get(of.internal(), "/readyz");
    EXPECT_EQ(response.status, 200);
    return json::parse(response.body);
  }
  static std::string detail(server_process const& of) { return ready(of).at("detail"); }

  /// Announces are answered, whatever the store does.
  void expect_service(server_process const& of) {
    complete_downloads(of.plain(), swarm, 2);
    completed += 2;
    tracker_client client{of.plain()};
    auto const entry = client.scrape({swarm}).fields["files"][swarm];
    EXPECT_EQ(entry["downloaded"], completed) << "in memory nothing is missing";
  }

  /// The fault shows everywhere.
  void expect_fault(server_process const& of, std::string const& words) {
    expect_service(of);
    EXPECT_TRUE(eventually([&] { return metric(of, "problem") == 1; }));
    EXPECT_TRUE(eventually([&] { return detail(of).find(words) != std::string::npos; }))
        << detail(of);
    EXPECT_THAT(detail(of), HasSubstr("serving; storage: "));
    EXPECT_EQ(ready(of).at("ready"), true);
    EXPECT_GE(metric(of, "faults_total"), 1);
    EXPECT_GE(metric(of, "facts_waiting"), 1);
    EXPECT_THAT(of.log(), AllOf(HasSubstr("storage problem"), HasSubstr(words)));
    expect_service(of);
  }

  /// Without a restart everything is written.
  void expect_recovery(server_process const& of) {
    EXPECT_TRUE(eventually([&] { return metric(of, "problem") == 0; })) << detail(of);
    EXPECT_EQ(detail(of), "serving");
    EXPECT_TRUE(eventually([&] { return metric(of, "facts_waiting") == 0; }));
    EXPECT_EQ(metric(of, "facts_dropped_total"), 0);
    EXPECT_THAT(of.log(), HasSubstr("storage works again"));
    expect_service(of);
  }

  void expect_stored(int count) const {
    auto const found = swarms_in(*opened({.url = "sqlite:" + file}), {swarm_of(swarm)});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].completed, static_cast<std::uint64_t>(count));
  }

  temporary_folder folder;
  std::string file = folder.path("waggle.db");
  std::string swarm = fresh_swarm();
  int completed = 0;
};

void damage(std::string const& file) {
  std::ofstream over{file, std::ios::binary};
  for (int i = 0; i < 20'000; ++i) over << "this is no database\n";
}

/// A file system of its own with little room; null where this user may not mount.
class small_disk {
 public:
  explicit small_disk(std::string path) : path_(std::move(path)) {
    fs::create_directory(path_);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  small_disk(small_disk const&) = delete;
  small_disk& operator=(small_disk const&) = delete;
  ~small_disk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  void fill() const {
    std::ofstream file{path_ + "/ballast", std::ios::binary};
    std::string const block(4'096, 'x');
    while (file.write(block.data(), 4'096).flush()) {
    }
  }
  void make_room() const { fs::remove(path_ + "/ballast"); }

 private:
  std::string path_;
  bool mounted_ = false;
};

TEST_F(StorageFault, AFullDiskIsToldOfAndMendsItself) {
  small_disk const disk{folder.path("disk")};
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  file = folder.path("disk/waggle.db");
  server_process server{arguments()};
  expect_service(server);
  disk.fill();
  expect_fault(server, "is full");
  disk.make_room();
  expect_recovery(server);
  server.stop();
  expect_stored(completed);
}

TEST_F(StorageFault, AReadOnlyFolderIsToldOfAndMendsItself) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs another user for the server";
  auto const place = folder.path("folder");
  fs::create_directory(place);
  for (auto const& each : {folder.path(""), place}) {
    fs::permissions(each, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec |
                              fs::perms::others_read);
  }
  file = place + "/waggle.db";
  auto line = arguments();
  line.insert(line.begin(),
              {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"});
  server_process server{line};
  expect_fault(server, "unable to open database file");
  fs::permissions(place, fs::perms::all);
  expect_recovery(server);
  server.stop();
  expect_stored(completed);
}

TEST_F(StorageFault, AReadOnlyFileIsToldOfAndMendsItself) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs another user for the server";
  static_cast<void>(opened({.url = "sqlite:" + file}));
  fs::permissions(folder.path(""), fs::perms::all);
  fs::permissions(file, fs::perms::owner_all | fs::perms::others_read);
  auto line = arguments();
  line.insert(line.begin(),
              {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"});
  server_process server{line};
  expect_fault(server, "readonly database");
  ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  expect_recovery(server);
  server.stop();
  expect_stored(completed);
}

TEST_F(StorageFault, ALockOfAnotherProgramIsToldOfAndWaitedOut) {
  server_process server{arguments()};
  expect_service(server);
  {
    storage::sqlite_connection other{file, 5'000};
    other.run("BEGIN EXCLUSIVE");
    expect_fault(server, "locked by another program");
    other.run("ROLLBACK");
  }
  expect_recovery(server);
  server.stop();
  expect_stored(completed);
}

TEST_F(StorageFault, AFileLockedAtStartIsLoadedOnceItIsFree) {
  {
    server_process server{arguments()};
    expect_service(server);
  }
  std::optional<storage::sqlite_connection> other{std::in_place, file, 5'000};
  other->run("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  server_process server{arguments()};
  EXPECT_THAT(detail(server), HasSubstr("locked by another program"));
  complete_downloads(server.plain(), swarm, 1);
  other.reset();
  ++completed;
  expect_recovery(server);
  server.stop();
  expect_stored(completed);
}

TEST_F(StorageFault, ADamagedFileAtStartIsToldOfAndLeftForAPersonToReplace) {
  damage(file);
  server_process server{arguments()};
  EXPECT_THAT(detail(server), HasSubstr("is damaged"));
  expect_fault(server, "is damaged");
  EXPECT_EQ(fs::file_size(file), 400'000U) << "nothing is deleted";
  fs::rename(file, file + ".broken");
  expect_recovery(server);
  server.stop();
  expect_stored(completed);
}

TEST_F(StorageFault, AFileDamagedAtRunTimeIsToldOfAndLeftForAPersonToReplace) {
  server_process server{arguments()};
  expect_service(server);
  EXPECT_TRUE(eventually([&] { return metric(server, "facts_waiting") == 0; }));
  auto const lost = completed;
  damage(file);
  expect_fault(server, "is damaged");
  for (auto const* const end : {"", "-wal", "-shm"}) fs::remove(file + end);
  expect_recovery(server);
  server.stop();
  expect_stored(completed - lost);
}

}  // namespace
}  // namespace waggle::test

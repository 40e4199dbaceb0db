// SPDX-License-Identifier: Apache-2.0
// Files that are read whole or refused with a reason, and how a change of them is noticed.
#include "server/runtime/regular_file.hpp"

#include "tests/support/certificate.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace waggle::runtime {
namespace {

constexpr std::size_t bytes_max = 1000;
constexpr file_limits limits{.bytes_max = bytes_max};
using namespace std::chrono_literals;
using test::temporary_folder;

TEST(RegularFile, IsReadWholeUpToItsBound) {
  temporary_folder const folder;
  std::string const largest(bytes_max, 'x');

  EXPECT_EQ(read_regular_file(folder.write("empty", ""), limits).bytes, "");
  EXPECT_EQ(read_regular_file(folder.write("largest", largest), limits).bytes, largest);
  auto const longer = read_regular_file(folder.write("longer", largest + "x"), limits);
  EXPECT_EQ(longer.bytes, "");
  EXPECT_EQ(longer.problem, "longer than 1000 bytes");
}

TEST(RegularFile, IsAllThatIsRead) {
  temporary_folder const folder;
  ASSERT_EQ(::mkfifo(folder.path("fifo").c_str(), 0600), 0);

  // A FIFO that nobody writes to would hold an ordinary open(2) up for ever.
  EXPECT_EQ(read_regular_file(folder.path("fifo"), limits).problem, "not a regular file");
  EXPECT_EQ(read_regular_file(folder.path(""), limits).problem, "not a regular file");
  EXPECT_EQ(read_regular_file("/dev/zero", limits).problem, "not a regular file");
  EXPECT_EQ(read_regular_file(folder.path("none"), limits).problem, "No such file or directory");
}

TEST(RegularFile, MayBeLongerThanItSays) {
  // Files of /proc say that they are empty.
  EXPECT_NE(read_regular_file("/proc/self/status", {.bytes_max = 1'000'000}).bytes.find("Name:"),
            std::string::npos);
  EXPECT_EQ(read_regular_file("/proc/self/status", {.bytes_max = 10}).problem,
            "longer than 10 bytes");
}

TEST(RegularFile, HasAnIdentityThatChangesWithIt) {
  temporary_folder const folder;
  auto const path = folder.write("a", "one");
  auto const before = identify(path);
  EXPECT_EQ(read_regular_file(path, limits).identity, before);
  EXPECT_EQ(identify(path), before);

  folder.write("a", "longer");
  auto const rewritten = identify(path);
  EXPECT_NE(rewritten, before);

  folder.write("b", "longer");
  std::filesystem::rename(folder.path("b"), path);
  auto const replaced = identify(path);
  EXPECT_NE(replaced, rewritten);

  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() + std::chrono::hours{1});
  EXPECT_NE(identify(path), replaced);

  std::filesystem::remove(path);
  EXPECT_EQ(identify(path).error, ENOENT);
}

TEST(RegularFile, IsFoundThroughLinksOfItsFolders) {
  temporary_folder const folder;
  for (auto const* const version : {"1", "2"}) {
    std::filesystem::create_directory(folder.path(version));
    std::ofstream{folder.path(version) + "/file"} << "version " << version;
  }
  std::filesystem::create_symlink("1", folder.path("current"));
  std::filesystem::create_symlink("current/file", folder.path("file"));
  auto const before = read_regular_file(folder.path("file"), limits);
  EXPECT_EQ(identify(folder.path("file")), before.identity);

  std::filesystem::create_symlink("2", folder.path("next"));
  std::filesystem::rename(folder.path("next"), folder.path("current"));

  EXPECT_EQ(before.bytes, "version 1");
  EXPECT_NE(identify(folder.path("file")), before.identity);
  EXPECT_EQ(read_regular_file(folder.path("file"), limits).bytes, "version 2");
}

TEST(RegularFile, IsFreshForATickAfterItWasWritten) {
  temporary_folder const folder;
  auto const path = folder.write("new", "x");

  EXPECT_TRUE(read_regular_file(path, limits).fresh);
  EXPECT_FALSE(read_regular_file(path, {.bytes_max = bytes_max, .clock_tick = 0ms}).fresh);
}

}  // namespace
}  // namespace waggle::runtime

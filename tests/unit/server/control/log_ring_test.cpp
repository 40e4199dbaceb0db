// SPDX-License-Identifier: Apache-2.0
// The last lines of the log, from any thread, within their bounds.
#include "server/log_ring.hpp"

#include "server/log.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace waggle {
namespace {

log::kept_line line(std::string message) {
  return {.at = {}, .level = "info", .area = "app", .message = std::move(message)};
}

TEST(LogRing, KeepsTheNewestLines) {
  log::line_ring ring{{.lines_max = 3}};
  for (auto const* const text : {"a", "b", "c", "d", "e"}) ring.add(line(text));

  auto const all = ring.since(0, 100);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all.front().message, "c");
  EXPECT_EQ(all.front().number, 3U);
  EXPECT_EQ(ring.newest(), 5U);
  auto const two = ring.since(0, 2);
  EXPECT_EQ(two.front().message, "d");
  auto const unseen = ring.since(4, 100);
  ASSERT_EQ(unseen.size(), 1U);
  EXPECT_EQ(unseen.front().message, "e");
  EXPECT_TRUE(ring.since(5, 100).empty());
  EXPECT_TRUE(ring.since(99, 100).empty());
}

TEST(LogRing, KeepsToItsBytes) {
  log::line_ring ring{{.lines_max = 100, .line_bytes_max = 10, .bytes_max = 25}};
  for (int i = 0; i < 9; ++i) ring.add(line(std::string(50, 'x')));

  auto const kept = ring.since(0, 100);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].message, std::string(10, 'x'));
}

TEST(LogRing, TakesWhatAnyThreadLogs) {
  auto const before = log::recent_lines().newest();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int n = 0; n < 50; ++n) log::net()->error("from a thread n={}", n);
      });
    }
  }
  log::net()->trace("below the level");

  auto const lines = log::recent_lines().since(before, 1'000);
  ASSERT_EQ(lines.size(), 200U);
  EXPECT_EQ(lines.back().number, before + 200);
  EXPECT_EQ(lines.back().level, "error");
  EXPECT_EQ(lines.back().area, "net");
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The lines of the log, the brake, and a stderr that nobody reads.
#include "server/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <csignal>
#include <sstream>

namespace waggle {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// Puts a pipe in the place of stderr; its reading end does not wait.
class captured_stderr {
 public:
  captured_stderr() {
    EXPECT_EQ(::pipe(ends_), 0);
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    ::dup2(ends_[1], STDERR_FILENO);
  }
  ~captured_stderr() {
    ::dup2(before_, STDERR_FILENO);
    for (int const end : {ends_[0], ends_[1], before_}) ::close(end);
    log::start({.level = log::level::off});
  }
  captured_stderr(captured_stderr const&) = delete;
  captured_stderr& operator=(captured_stderr const&) = delete;

  std::string read() {
    std::string text;
    char block[4096];
    for (ssize_t n = 0; (n = ::read(ends_[0], block, sizeof block)) > 0;) {
      text.append(block, static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  int before_ = ::dup(STDERR_FILENO);
  int ends_[2] = {-1, -1};
};

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(LogLine, JsonCarriesAnyMessage) {
  std::string const message("quote \" slash \\ newline \n nul \0 bell \a del \x7f umlaut \xC3\xBC",
                            55);

  auto const line = log::detail::made_line({.ts = std::chrono::system_clock::time_point(1234ms),
                                            .level = "warn",
                                            .area = "net",
                                            .msg = message},
                                           log::format::json);

  EXPECT_EQ(line.find('\n'), std::string::npos);
  auto const read = json::parse(line);
  EXPECT_EQ(read.at("ts"), "1970-01-01T00:00:01.234Z");
  EXPECT_EQ(read.at("level"), "warn");
  EXPECT_EQ(read.at("area"), "net");
  EXPECT_EQ(read.at("msg"), message);
}

TEST(LogLine, JsonStaysUtf8WhateverTheMessageHolds) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      std::string const message{static_cast<char>(first), static_cast<char>(second), 'x'};
      auto const line = log::detail::made_line({.msg = message}, log::format::json);
      ASSERT_TRUE(json::accept(line)) << first << " " << second;
    }
  }
  for (auto const* broken : {"\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xF0\x9F\x98"}) {
    auto const line = log::detail::made_line({.msg = broken}, log::format::json);
    EXPECT_TRUE(json::accept(line)) << line;
  }
  auto const whole = log::detail::made_line({.msg = "\xF0\x9F\x90\x9D"}, log::format::json);
  EXPECT_EQ(json::parse(whole).at("msg"), "\xF0\x9F\x90\x9D");
}

TEST(LogLine, TextCannotBeForgedByALineBreak) {
  auto const line = log::detail::made_line(
      {.level = "info", .area = "app", .msg = "a=\"x\"\n2026 error app forged\x1b[31m"},
      log::format::text);

  EXPECT_EQ(line,
            "1970-01-01T00:00:00.000Z info app a=\"x\"\\u000a2026 error app forged\\u001b[31m");
}

TEST(Log, LevelsAreSetByArea) {
  captured_stderr captured;
  log::log_options options{.level = log::level::warn, .format = log::format::json};
  options.area_levels[static_cast<std::size_t>(log::area::session)] = log::level::debug;
  log::start(options);

  log::net()->info("hidden");
  log::session()->debug("shown core={}", 3);
  log::app()->error("shown, too");

  auto const lines = lines_of(captured.read());
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(json::parse(lines[0]).at("msg"), "shown core=3");
  EXPECT_EQ(json::parse(lines[0]).at("area"), "session");
  EXPECT_EQ(json::parse(lines[0]).at("level"), "debug");
  EXPECT_EQ(json::parse(lines[1]).at("level"), "error");
}

TEST(Log, LinesThatNobodyReadsAreDroppedAndCounted) {
  captured_stderr captured;
  log::start({.level = log::level::info, .format = log::format::json});
  std::string const filler(1000, 'x');

  for (int i = 0; i < 1000; ++i) log::net()->info(filler);  // returns: it would block else
  auto const first = lines_of(captured.read());
  log::net()->info("again");

  ASSERT_LT(first.size(), 100U);
  auto const lines = lines_of(captured.read());
  ASSERT_EQ(lines.size(), 2U);
  auto const dropped = 1000 - first.size();
  EXPECT_EQ(json::parse(lines[0]).at("msg"), "log lines dropped count=" + std::to_string(dropped));
  EXPECT_EQ(json::parse(lines[1]).at("msg"), "again");
}

TEST(Log, LineThatWasCutIsEndedBeforeTheNext) {
  captured_stderr captured;
  log::start({.level = log::level::info, .format = log::format::json});

  log::net()->info(std::string(1'000'000, 'x'));  // more than a pipe holds
  EXPECT_GT(captured.read().size(), 4096U);
  log::net()->info("again");

  auto const lines = lines_of(captured.read());
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "");
  EXPECT_EQ(json::parse(lines[1]).at("msg"), "log lines dropped count=1");
  EXPECT_EQ(json::parse(lines[2]).at("msg"), "again");
}

TEST(Log, ClosedStderrIsNoError) {
  {
    captured_stderr captured;
    log::start({.level = log::level::info});
    ::close(STDERR_FILENO);
    log::net()->info("to nobody");
    log::net()->info("to nobody");
    EXPECT_EQ(captured.read(), "");
  }

  captured_stderr again;
  log::start({.level = log::level::info, .format = log::format::json});
  log::net()->info("to somebody");

  auto const lines = lines_of(again.read());
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(json::parse(lines[0]).at("msg"), "log lines dropped count=2");
}

TEST(Log, NamesAreRead) {
  EXPECT_EQ(log::level_named("warn"), log::level::warn);
  EXPECT_EQ(log::level_named("off"), log::level::off);
  EXPECT_FALSE(log::level_named("Warn"));
  EXPECT_EQ(log::area_named("control"), log::area::control);
  EXPECT_FALSE(log::area_named(""));
}

TEST(RateLimit, LetsSoManyThroughAnIntervalAndTellsOfTheOthers) {
  log::rate_limit limit({.lines_max = 2, .interval = 10s});

  EXPECT_EQ(limit.admit(0s), 0U);
  EXPECT_EQ(limit.admit(1s), 0U);
  EXPECT_EQ(limit.admit(2s), std::nullopt);
  EXPECT_EQ(limit.admit(9999ms), std::nullopt);
  EXPECT_EQ(limit.admit(10s), 2U);
  EXPECT_EQ(limit.admit(11s), 0U);
  EXPECT_EQ(limit.admit(19s), std::nullopt);
}

TEST(RateLimit, WarningSaysHowManyWereSuppressed) {
  captured_stderr captured;
  log::start({.level = log::level::info, .format = log::format::json});
  log::rate_limit limit({.lines_max = 1, .interval = 10s});

  for (auto const now : {0s, 1s, 2s, 10s}) {
    log::warn_limited(limit, *log::net(), now, "bad frame slot={}", 7);
  }

  auto const lines = lines_of(captured.read());
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(json::parse(lines[0]).at("msg"), "bad frame slot=7");
  EXPECT_EQ(json::parse(lines[1]).at("msg"), "bad frame slot=7 suppressed=2");
}

TEST(RateLimit, LevelThatIsOffCountsNothing) {
  log::start({.level = log::level::off});
  log::rate_limit limit({.lines_max = 1, .interval = 10s});

  log::warn_limited(limit, *log::net(), 0s, "unseen");

  EXPECT_EQ(limit.admit(0s), 0U);
}

}  // namespace
}  // namespace waggle

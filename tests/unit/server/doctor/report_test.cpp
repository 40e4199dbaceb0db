// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/report.hpp"

#include "server/doctor/words.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace waggle::doctor {
namespace {

using namespace std::chrono_literals;

TEST(DoctorReport, WritesALineACheckAsSoonAsItIsThere) {
  std::ostringstream out;
  report found{&out};

  found.add({.name = "upgrade", .found = verdict::ok, .text = "WebSocket"});
  EXPECT_EQ(out.str(), "ok    upgrade      WebSocket\n");
  found.add({.name = "header trust", .found = verdict::fail, .text = "believed"});
  EXPECT_EQ(out.str(),
            "ok    upgrade      WebSocket\n"
            "FAIL  header trust believed\n");
}

TEST(DoctorReport, ServersCannotWriteToTheTerminal) {
  std::ostringstream out;
  report found{&out};

  found.add({.name = "upgrade", .found = verdict::fail, .text = "says: \x1b[2J\nok    all well"});

  EXPECT_EQ(out.str(), "FAIL  upgrade      says:  [2J ok    all well\n");
}

TEST(DoctorReport, OnlyAFailureMakesTheExitCodeOne) {
  report found{nullptr};
  EXPECT_EQ(found.exit_code(), 0);
  for (auto const harmless : {verdict::ok, verdict::warn, verdict::skip}) {
    found.add({.name = "a", .found = harmless, .text = ""});
    EXPECT_EQ(found.exit_code(), 0);
  }
  found.add({.name = "b", .found = verdict::fail, .text = ""});
  EXPECT_EQ(found.exit_code(), 1);
}

TEST(DoctorReport, SumsUp) {
  report found{nullptr};
  found.add({.name = "a", .found = verdict::ok, .text = ""});
  EXPECT_EQ(found.summary(), "all well: 1 check, none failed");
  found.add({.name = "b", .found = verdict::warn, .text = ""});
  found.add({.name = "c", .found = verdict::skip, .text = ""});
  EXPECT_EQ(found.summary(), "all well: 3 checks, none failed; 1 warning; 1 could not be done");
  found.add({.name = "d", .found = verdict::fail, .text = ""});
  found.add({.name = "e", .found = verdict::fail, .text = ""});
  EXPECT_EQ(found.summary(), "2 checks of 5 failed: d e; 1 warning; 1 could not be done");
}

TEST(DoctorReport, JsonIsAnArrayOfChecksWhateverServersWrote) {
  report found{nullptr};
  found.add({.name = "a", .found = verdict::fail, .text = "\"\xff\""});

  auto const list = nlohmann::json::parse(found.json());

  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["check"], "a");
  EXPECT_EQ(list[0]["verdict"], "fail");
  EXPECT_EQ(list[0]["text"], "\"\xef\xbf\xbd\"");
}

TEST(DoctorWords, FiguresHaveTheirUnits) {
  EXPECT_EQ(milliseconds_text(400us), "0.4 ms");
  EXPECT_EQ(milliseconds_text(12'345us), "12 ms");
  EXPECT_EQ(milliseconds_text(3'210ms), "3.2 s");
  EXPECT_EQ(seconds_text(10'020ms), "10.0 s");
  EXPECT_EQ(whole_seconds_text(30s), "30 s");
  EXPECT_EQ(whole_seconds_text(1'500ms), "1.5 s");
}

TEST(DoctorWords, ExcerptIsTheFirstLineAndNotLong) {
  EXPECT_EQ(excerpt(" \r\n first \r\nsecond"), "first");
  EXPECT_EQ(excerpt(""), "");
  EXPECT_EQ(excerpt(std::string(500, 'x')).size(), 80U);
}

}  // namespace
}  // namespace waggle::doctor

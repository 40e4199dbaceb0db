// SPDX-License-Identifier: Apache-2.0
// What waggle-load makes of a report.
#include "tests/load/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace waggle::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

nlohmann::json measured() {
  nlohmann::json const times{
      {"count", 9}, {"p50", 150}, {"p99", 1'200}, {"p999", 2'000}, {"max", 2'500}};
  auto const none = nlohmann::json{{"count", 0}, {"p50", 0}, {"p99", 0}, {"p999", 0}, {"max", 0}};
  return {{"mode", "fair"},
          {"connections", 1'000},
          {"seconds", 4.0},
          {"useful_per_second", 12'345.6},
          {"announces", 10},
          {"replies", 9},
          {"offers_sent", 80},
          {"offers_received", 79},
          {"answers_sent", 79},
          {"answers_received", 78},
          {"rtt_us", {{"connect", none}, {"reply", times}, {"offer", times}, {"answer", times}}},
          {"server",
           {{"cpu_us_per_message", 5.25},
            {"rss_after_bytes", 9'000'000},
            {"rss_bytes_per_connection", -12}}},
          {"errors",
           {{"misrouted", 0},
            {"lost", 0},
            {"duplicate", 0},
            {"to_self", 0},
            {"closed", 0},
            {"failures", 0}}}};
}

TEST(Verdict, IsThatWhatComesToTheWrongClientIsAFailure) {
  EXPECT_EQ(exit_code_of(measured()), 0);
  for (auto const* const kind : {"misrouted", "duplicate", "to_self"}) {
    auto report = measured();
    report["errors"][kind] = 1;
    EXPECT_EQ(exit_code_of(report), 1) << kind;
  }
}

TEST(Verdict, IsThatWhatALoadMayCostIsAFigure) {
  for (auto const* const kind : {"lost", "closed", "failures"}) {
    auto report = measured();
    report["errors"][kind] = 1;
    EXPECT_EQ(exit_code_of(report), 0) << kind;
  }
}

TEST(Verdict, OfTheOtherModesIsTheirOneNumber) {
  EXPECT_EQ(exit_code_of({{"mode", "crowd"}, {"errors", 0}}), 0);
  EXPECT_EQ(exit_code_of({{"mode", "crowd"}, {"errors", 3}}), 1);
  EXPECT_EQ(exit_code_of({{"mode", "deaf"}}), 0);
}

TEST(Summary, SaysTheFiguresInAFewLines) {
  auto const text = summary_of(measured());

  EXPECT_EQ(std::ranges::count(text, '\n'), 7);
  EXPECT_THAT(text, AllOf(HasSubstr("fair with 1000 connections for 4.0 s: 12346 messages/s"),
                          HasSubstr("80 offers (79 arrived)"),
                          HasSubstr("reply     p50 0.15 ms, p99 1.20 ms, p99.9 2.00 ms"),
                          HasSubstr("5.2 us of CPU a message, -12 bytes resident a connection"),
                          HasSubstr("errors    none"), Not(HasSubstr("connect  "))));
}

TEST(Summary, NamesTheErrorsThatThereAre) {
  auto report = measured();
  report["errors"]["lost"] = 4;
  report["errors"]["misrouted"] = 1;

  EXPECT_THAT(summary_of(report), HasSubstr("errors    lost 4, misrouted 1\n"));
}

TEST(Summary, OfAModeThatDoesNotMeasureIsEmpty) {
  EXPECT_EQ(summary_of({{"mode", "crowd"}, {"errors", 0}}), "");
}

}  // namespace
}  // namespace waggle::load

// SPDX-License-Identifier: Apache-2.0
// Query parameters, bodies, times and problems as text.
#include "server/control/api/json_answer.hpp"
#include "server/control/api/query.hpp"

#include <gtest/gtest.h>

namespace waggle::api {
namespace {

using std::chrono::milliseconds;
using storage::wall_time;

TEST(ApiQuery, DecodesTheFirstParameterOfAName) {
  EXPECT_EQ(parameter("a=1&b=2&a=3", "a"), "1");
  EXPECT_EQ(parameter("from=12%3A00&x", "from"), "12:00");
  EXPECT_EQ(parameter("a=%zz%4&b", "a"), "%zz%4");
  EXPECT_EQ(parameter("a=1&x", "x"), "");
  EXPECT_EQ(parameter("ab=1", "a"), std::nullopt);
  EXPECT_EQ(parameter("", "a"), std::nullopt);
}

TEST(ApiQuery, PageHasBounds) {
  auto const whole = page_parameters("unknown=1");
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->limit, 50U);
  EXPECT_EQ(whole->offset, 0U);
  EXPECT_EQ(page_parameters("limit=500&offset=7")->offset, 7U);
  for (auto const* const wrong : {"limit=0", "limit=501", "limit=", "limit=-1", "limit=1e2",
                                  "limit=99999999999999999999", "limit=5 "}) {
    auto const page = page_parameters(wrong);
    ASSERT_TRUE(page.has_error()) << wrong;
    EXPECT_EQ(page.error().status, 400U);
    EXPECT_TRUE(page.error().detail.starts_with("limit ")) << page.error().detail;
  }
  EXPECT_TRUE(page_parameters("offset=x").error().detail.starts_with("offset "));
}

TEST(ApiTime, IsWrittenAndReadAsRfc3339) {
  wall_time const at{milliseconds{1'795'435'266'007}};
  EXPECT_EQ(time_text(at), "2026-11-23T12:01:06.007Z");
  EXPECT_EQ(time_text(wall_time{}), "1970-01-01T00:00:00.000Z");
  for (auto const* const text :
       {"2026-11-23T12:01:06.007Z", "2026-11-23t12:01:06.0079z", "2026-11-23 13:01:06.007+01:00",
        "2026-11-23T06:31:06.007-05:30"}) {
    EXPECT_EQ(parse_time(text), at) << text;
  }
  EXPECT_EQ(parse_time("2026-11-23T12:01:06Z"), at - milliseconds{7});
  for (auto const* const wrong :
       {"", "now", "2026-11-23", "2026-11-23T12:01:06", "2026-02-30T12:01:06Z",
        "2026-11-23T24:00:00Z", "2026-11-23T12:60:06Z", "2026-11-23T12:01:06.Z",
        "2026-11-23T12:01:06+0100", "2026-1-23T12:01:06Z", "2026-11-23T12:01:06Z ", "1795435266"}) {
    EXPECT_EQ(parse_time(wrong), std::nullopt) << wrong;
  }
}

TEST(ApiBody, IsAnObjectOfKnownMembers) {
  EXPECT_EQ(object_of("", {"a"}).value(), json::object());
  EXPECT_EQ(object_of(R"({"a":1})", {"a", "b"}).value().at("a"), 1);
  EXPECT_EQ(object_of(R"({"c":1})", {"a", "b"}).error().detail, "unknown member \"c\"");
  for (auto const* const wrong : {"[]", "1", "{", "null", "\xff", "{\"a\":1}}", "{a:1}"}) {
    EXPECT_EQ(object_of(wrong, {"a"}).error().status, 400U) << wrong;
  }
}

TEST(ApiProblem, HasTheMembersOfRfc9457) {
  auto const answer = problem_answer({404, "no \"such\" \xff thing"}, "\"changed\":[]");
  auto const body = json::parse(answer.body);

  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_EQ(body.at("type"), "about:blank");
  EXPECT_EQ(body.at("title"), "Not Found");
  EXPECT_EQ(body.at("status"), 404);
  EXPECT_EQ(body.at("detail"), "no \"such\" \xEF\xBF\xBD thing");
  EXPECT_TRUE(body.at("changed").empty());
}

TEST(ApiProblem, OfTheServerHasAStatusByItsKind) {
  using kind = admin_error::kind;
  EXPECT_EQ(problem_of({kind::invalid, ""}).status, 400U);
  EXPECT_EQ(problem_of({kind::not_found, ""}).status, 404U);
  EXPECT_EQ(problem_of({kind::refused, ""}).status, 409U);
  EXPECT_EQ(problem_of({kind::full, ""}).status, 409U);
  EXPECT_EQ(problem_of({kind::unavailable, "why"}).detail, "why");
  EXPECT_EQ(problem_of({kind::unavailable, ""}).status, 503U);
}

}  // namespace
}  // namespace waggle::api

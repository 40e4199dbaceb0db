// SPDX-License-Identifier: Apache-2.0
// Which requests reach the admin API, over HTTP: tokens, hosts, methods, bodies.
#include "tests/unit/server/control/api/fixture.hpp"

#include <chrono>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;

struct ApiAccess : api_over_http {};

constexpr auto ban = R"({"kind":"info_hash","value":"00"})";

TEST_F(ApiAccess, IsOpenOnLoopbackWithoutAToken) {
  open();

  EXPECT_EQ(get_api("/overview").status, 200U);
  EXPECT_EQ(ask({.method = "POST", .target = "/bans", .body = ban}).status, 201U);
  EXPECT_EQ(fake_.by, "loopback");
}

TEST_F(ApiAccess, IsNotThereElsewhereWithoutAToken) {
  address_ = "0.0.0.0";
  open();

  auto const unknown = get("/nowhere");
  for (auto const* const path : {"/api/v1/overview", "/api/v1/openapi.json", "/api", "/", "/ui/",
                                 "/ui/assets/app.js", "/api/v1/nowhere"}) {
    auto const got = get(path);
    EXPECT_EQ(got.status, 404U) << path;
    EXPECT_EQ(got.body, unknown.body) << path;  // nothing tells that there is something
  }
  EXPECT_EQ(ask({.method = "POST", .target = "/drain"}).status, 404U);
  EXPECT_EQ(get("/metrics").status, 200U);
  EXPECT_EQ(get("/readyz").status, 200U);
  EXPECT_TRUE(fake_.drains.empty());
}

TEST_F(ApiAccess, TokenOpensItAnywhere) {
  address_ = "0.0.0.0";
  api_.token = "sesame";
  open();

  EXPECT_EQ(ask({.target = "/overview", .host = "admin.example", .token = "sesame"}).status, 200U);
  auto const wrong = ask({.target = "/overview", .token = "sesame2"});
  EXPECT_EQ(problem_of(wrong, 401), "this is not the admin token");
  EXPECT_NE(wrong.head.find("WWW-Authenticate: Bearer\r\n"), std::string::npos);
  EXPECT_EQ(get_api("/overview").status, 401U);
  EXPECT_EQ(get_api("/nowhere").status, 401U);  // what is there is not for everybody
  EXPECT_EQ(get_api("/openapi.json").status, 200U);
  EXPECT_EQ(get("/ui/").status, 200U);  // the page asks for the token
  EXPECT_EQ(get("/metrics").status, 200U);
}

TEST_F(ApiAccess, ActsInTheNameOfTheToken) {
  api_.token = "sesame";
  open();

  EXPECT_EQ(ask({.method = "POST", .target = "/bans", .body = ban}).status, 401U);
  EXPECT_TRUE(fake_.banned.empty());
  EXPECT_EQ(ask({.method = "POST", .target = "/bans", .body = ban, .token = "sesame"}).status,
            201U);
  EXPECT_EQ(fake_.by, "token");
}

TEST_F(ApiAccess, RequestForAnotherHostIsRefusedWithoutAToken) {
  open();

  for (auto const* const method : {"GET", "POST"}) {
    auto const got = ask({.method = method, .target = "/bans", .body = "", .host = "evil.example"});
    EXPECT_NE(problem_of(got, 403).find("Host"), std::string::npos);
  }
}

TEST_F(ApiAccess, ChangesNeedJsonByTheirContentType) {
  open();

  for (auto const* const type :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
        "application/jsonp", "x/application/json"}) {
    auto const got = ask({.method = "POST", .target = "/bans", .body = ban, .content_type = type});
    EXPECT_EQ(got.status, 415U) << type;
  }
  EXPECT_EQ(ask({.method = "DELETE", .target = "/bans/1", .content_type = ""}).status, 415U);
  EXPECT_TRUE(fake_.banned.empty());
  EXPECT_EQ(ask({.method = "POST",
                 .target = "/bans",
                 .body = ban,
                 .content_type = "Application/JSON; charset=utf-8"})
                .status,
            201U);
}

TEST_F(ApiAccess, PreflightIsNeverGranted) {
  open();

  auto const got = ask({.method = "OPTIONS", .target = "/bans", .content_type = ""});

  EXPECT_EQ(got.status, 405U);
  EXPECT_EQ(got.head.find("Access-Control"), std::string::npos);
}

TEST_F(ApiAccess, OtherMethodIs405WithThoseThatAre) {
  open();

  auto const got = ask({.method = "PUT", .target = "/bans"});

  EXPECT_EQ(problem_of(got, 405), "this path has the methods GET, HEAD, POST");
  EXPECT_NE(got.head.find("Allow: GET, HEAD, POST\r\n"), std::string::npos) << got.head;
  EXPECT_EQ(problem_of(get_api("/nowhere"), 404).find("there is nothing"), 0U);
  EXPECT_EQ(ask({.method = "HEAD", .target = "/overview", .content_type = ""}).status, 200U);
}

TEST_F(ApiAccess, BodyPastTheLimitIs413AndNotRead) {
  open();
  auto& honest = connect();
  auto& chunked = connect();

  honest.send(
      "POST /api/v1/bans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 16385\r\n\r\n");
  EXPECT_EQ(problem_of(answer_to(honest), 413), "the body is longer than 16 KiB");
  turn_until([&] { return honest.closed; });

  chunked.send(
      "POST /api/v1/bans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 5; ++i) chunked.send("1000\r\n" + std::string(4096, ' ') + "\r\n");
  EXPECT_EQ(answer_to(chunked).status, 413U);
  turn_until([&] { return chunked.closed; });
}

TEST_F(ApiAccess, LongestBodyAndTheNextRequestAreServed) {
  open();
  auto& client = connect();
  auto body = std::string{ban};
  body.resize(16'384, ' ');

  client.send(text_of({.method = "POST", .target = "/bans", .body = body}));
  EXPECT_EQ(answer_to(client).status, 201U);
  client.send(text_of({.target = "/bans"}));
  EXPECT_EQ(answer_to(client).status, 200U);
}

TEST_F(ApiAccess, ClientThatWaitsIsToldToGoOn) {
  open();
  auto& client = connect();

  client.send(
      "POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  turn_until([&] { return client.received == "HTTP/1.1 100 Continue\r\n\r\n"; });
  client.received.clear();
  client.send("{}");

  EXPECT_EQ(answer_to(client).status, 202U);
}

TEST_F(ApiAccess, BodyOfWhoMayNotIsNotReadEither) {
  api_.token = "sesame";
  open();
  auto& client = connect();

  client.send(
      "POST /api/v1/bans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 9\r\n\r\n");

  EXPECT_EQ(answer_to(client).status, 401U);  // before a byte of it came
  turn_until([&] { return client.closed; });
}

TEST_F(ApiAccess, SlowBodyIsCutOff) {
  open({.idle_max = 30ms});
  auto& slow = connect();

  slow.send(
      "POST /api/v1/bans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 9\r\n\r\n{");

  turn_until([&] { return slow.closed; });
  EXPECT_EQ(slow.received, "");
}

TEST_F(ApiAccess, WithoutAnAdminViewWhatNeedsItIs503) {
  admin_ = nullptr;
  open();

  EXPECT_EQ(problem_of(get_api("/swarms"), 503), "not available in this build");
  EXPECT_EQ(ask({.method = "POST", .target = "/drain"}).status, 503U);
  EXPECT_EQ(get_api("/overview").status, 200U);
  EXPECT_EQ(get_api("/refusals").status, 200U);
  EXPECT_EQ(get_api("/log").status, 200U);
  EXPECT_EQ(get_api("/openapi.json").status, 200U);
}

}  // namespace
}  // namespace waggle::test

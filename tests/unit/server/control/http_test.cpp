// SPDX-License-Identifier: Apache-2.0
// The internal listener as an HTTP server: methods, connections, limits.
#include "tests/unit/server/control/fixture.hpp"

#include <chrono>

namespace waggle {
namespace {

using namespace std::chrono_literals;

struct InternalHttp : test::listening {};

TEST_F(InternalHttp, UnknownPageIs404) {
  open();

  auto const answer = get("/nowhere");

  EXPECT_EQ(answer.status, 404U);
  EXPECT_NE(answer.body.find("\"error\""), std::string::npos);
}

TEST_F(InternalHttp, PostIs405AndNamesWhatIsAllowed) {
  open();
  auto& client = connect();

  client.send("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  auto const answer = answer_to(client);

  EXPECT_EQ(answer.status, 405U);
  EXPECT_NE(answer.head.find("Allow: GET, HEAD\r\n"), std::string::npos) << answer.head;
  turn_until([&] { return client.closed; });  // the body was not read: nothing can follow it
}

TEST_F(InternalHttp, HeadGetsTheHeadOfTheGetWithoutItsBody) {
  open();
  auto& client = connect();

  client.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  auto const head = answer_to(client, /*head_only=*/true);
  client.get("/healthz");
  auto const next = answer_to(client);

  EXPECT_EQ(head.status, 200U);
  EXPECT_NE(head.head.find("Content-Length: 2\r\n"), std::string::npos) << head.head;
  EXPECT_TRUE(next.head.starts_with("HTTP/1.1 200")) << next.head;  // nothing came between
  EXPECT_EQ(next.body, "ok");
}

TEST_F(InternalHttp, ConnectionIsKeptForTheNextRequest) {
  open();
  auto& client = connect();

  for (int i = 0; i < 3; ++i) {
    client.get("/healthz");
    EXPECT_EQ(answer_to(client).body, "ok");
  }
  EXPECT_FALSE(client.closed);
}

TEST_F(InternalHttp, PipelinedRequestsAreAnsweredInOrder) {
  open();
  auto& client = connect();

  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(answer_to(client).body, "ok");
  EXPECT_NE(answer_to(client).body.find("ready"), std::string::npos);
}

TEST_F(InternalHttp, ConnectionClosesAfterHttp10OrWhereAsked) {
  open();
  auto& old = connect();
  auto& polite = connect();

  old.send("GET /healthz HTTP/1.0\r\n\r\n");
  polite.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(answer_to(old).body, "ok");
  EXPECT_EQ(answer_to(polite).body, "ok");
  turn_until([&] { return old.closed && polite.closed; });
}

TEST_F(InternalHttp, AbsoluteFormOfTheTargetIsUnderstood) {
  open();

  EXPECT_EQ(get("http://localhost:8001/healthz").body, "ok");
}

TEST_F(InternalHttp, WhatIsNoHttpIs400) {
  open();
  auto& client = connect();

  client.send("\x16\x03\x01 hello\r\n\r\n");

  EXPECT_EQ(answer_to(client).status, 400U);
  turn_until([&] { return client.closed; });
}

TEST_F(InternalHttp, HeadPastTheLimitIs431) {
  open({.request_head_bytes_max = 1024});
  auto& client = connect();

  client.send("GET /healthz HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");

  EXPECT_EQ(answer_to(client).status, 431U);
  turn_until([&] { return client.closed; });
}

TEST_F(InternalHttp, SilentConnectionIsClosed) {
  open({.idle_max = 30ms});
  auto& silent = connect();
  auto& halfway = connect();

  halfway.send("GET /healthz HTT");

  turn_until([&] { return silent.closed && halfway.closed; });
  EXPECT_EQ(silent.received, "");
}

TEST_F(InternalHttp, ConnectionPastTheLimitIsClosedAtOnceAndTheOthersServed) {
  open({.connections_max = 2});
  auto& first = connect();
  auto& second = connect();
  first.get("/healthz");
  second.get("/healthz");
  EXPECT_EQ(answer_to(first).status, 200U);
  EXPECT_EQ(answer_to(second).status, 200U);

  auto& third = connect();
  turn_until([&] { return third.closed; });

  first.get("/healthz");
  EXPECT_EQ(answer_to(first).status, 200U);
  second.close();
  first.get("/healthz");
  EXPECT_EQ(answer_to(first).status, 200U);
  EXPECT_EQ(get("/healthz").status, 200U);  // the place of the second
}

}  // namespace
}  // namespace waggle

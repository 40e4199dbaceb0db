// SPDX-License-Identifier: Apache-2.0
// The head of a request from bytes that arrive in pieces.
#include "server/net/http_head.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace waggle::net {
namespace {

using state = http_head::state;

constexpr std::size_t bytes_max = 8192;
std::string const request =
    "GET /path?query HTTP/1.1\r\n"
    "Host: tracker.example\r\n"
    "Upgrade: websocket\r\n"
    "Connection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n";

TEST(HttpHead, ReadsTheFieldsOfAnUpgrade) {
  http_head head{bytes_max};

  ASSERT_EQ(head.feed(request), state::complete);

  EXPECT_EQ(head.bytes(), request.size());
  auto const view = head.view();
  EXPECT_EQ(view.method, "GET");
  EXPECT_EQ(view.target, "/path?query");
  EXPECT_EQ(view.version, 11U);
  EXPECT_TRUE(view.has_host);
  EXPECT_EQ(view.upgrade, "websocket");
  EXPECT_EQ(view.connection, "keep-alive, Upgrade");
  EXPECT_EQ(view.key, "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(view.websocket_version, "13");
}

TEST(HttpHead, ReadsItByteByByteAndStopsAtItsEnd) {
  http_head head{bytes_max};

  for (std::size_t i = 1; i < request.size(); ++i) {
    ASSERT_EQ(head.feed(std::string_view{request}.substr(0, i)), state::need_more) << i;
  }

  EXPECT_EQ(head.feed(request), state::complete);
  EXPECT_EQ(head.bytes(), request.size());
  EXPECT_EQ(head.view().key, "dGhlIHNhbXBsZSBub25jZQ==");
}

TEST(HttpHead, LeavesWhatFollowsItAlone) {
  for (std::string const follows : {"\x81\x85....", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n", "x"}) {
    http_head head{bytes_max};

    ASSERT_EQ(head.feed(request + follows), state::complete);
    EXPECT_EQ(head.bytes(), request.size());
  }
}

TEST(HttpHead, LeavesABodyAlone) {
  http_head head{bytes_max};
  std::string const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";

  ASSERT_EQ(head.feed(post + "hello"), state::complete);

  EXPECT_EQ(head.bytes(), post.size());
}

TEST(HttpHead, JoinsAFieldThatCameSeveralTimes) {
  http_head head{bytes_max};

  ASSERT_EQ(head.feed("GET / HTTP/1.1\r\nConnection: keep-alive\r\nHost: a\r\n"
                      "CONNECTION: Upgrade\r\nUpgrade: h2c\r\nupgrade: websocket\r\n"
                      "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: b\r\n\r\n"),
            state::complete);

  auto const view = head.view();
  EXPECT_EQ(view.connection, "keep-alive,Upgrade");
  EXPECT_EQ(view.upgrade, "h2c,websocket");
  EXPECT_EQ(view.key, "a,b");
}

TEST(HttpHead, LeavesAbsentFieldsEmpty) {
  http_head head{bytes_max};

  ASSERT_EQ(head.feed("GET / HTTP/1.0\r\n\r\n"), state::complete);

  auto const view = head.view();
  EXPECT_EQ(view.version, 10U);
  EXPECT_FALSE(view.has_host);
  EXPECT_TRUE(view.upgrade.empty());
  EXPECT_TRUE(view.connection.empty());
  EXPECT_TRUE(view.key.empty());
  EXPECT_TRUE(view.websocket_version.empty());
}

TEST(HttpHead, RefusesWhatIsNotHttp) {
  for (std::string const text :
       {"\x16\x03\x01\x02\x01\x01", "hello world\r\n\r\n", "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n: no name\r\n\r\n",
        "GET / HTTP/x\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "\r\n\r\n\r\n\r\n"}) {
    http_head head{bytes_max};
    EXPECT_EQ(head.feed(text), state::bad) << text;
  }
}

/// A request whose head has exactly so many bytes.
std::string of_size(std::size_t bytes) {
  std::string const front = "GET / HTTP/1.1\r\nHost: x\r\nCookie: ";
  return front + std::string(bytes - front.size() - 4, 'c') + "\r\n\r\n";
}

TEST(HttpHead, TakesHeadsUpToItsBoundInOnePiece) {
  http_head fits{1000};
  EXPECT_EQ(fits.feed(of_size(1000)), state::complete);
  EXPECT_EQ(fits.bytes(), 1000U);

  http_head over{1000};
  EXPECT_EQ(over.feed(of_size(1001)), state::too_large);
}

TEST(HttpHead, TakesHeadsUpToItsBoundByteByByte) {
  for (auto const& [size, expected] :
       {std::pair{std::size_t{1000}, state::complete}, {std::size_t{1001}, state::too_large}}) {
    auto const text = of_size(size);
    http_head head{1000};
    auto now = state::need_more;
    std::size_t fed = 0;
    while (now == state::need_more && fed < text.size()) {
      now = head.feed(std::string_view{text}.substr(0, ++fed));
    }
    EXPECT_EQ(now, expected) << size;
    EXPECT_EQ(fed, 1000U);
  }
}

TEST(HttpHead, BoundsAHeadThatNeverEnds) {
  for (std::string const front : {"", "GET /", "GET / HTTP/1.1\r\nA: "}) {
    http_head head{1000};
    std::string text = front;
    auto now = state::need_more;
    while (now == state::need_more && text.size() < 5000) now = head.feed(text += 'a');
    EXPECT_EQ(now, state::too_large) << front;
    EXPECT_LE(text.size(), 1000U);
  }
}

TEST(HttpHead, BoundsManySmallFields) {
  std::string text = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 500; ++i) text += "A: b\r\n";
  http_head head{1000};

  EXPECT_EQ(head.feed(text + "\r\n"), state::too_large);
}

}  // namespace
}  // namespace waggle::net

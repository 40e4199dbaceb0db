// SPDX-License-Identifier: Apache-2.0
// The opening handshake, RFC 6455 section 4.2, and what else the port answers.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

using testing::AnyOf;

using header_list = std::vector<std::pair<std::string, std::string>>;

header_list good_headers() {
  return {{"Host", echo_plain().authority()},
          {"Upgrade", "websocket"},
          {"Connection", "Upgrade"},
          {"Sec-WebSocket-Version", "13"},
          {"Sec-WebSocket-Key", std::string{sample_key}}};
}

/// The good headers with one replaced, or left out if `value` is empty.
header_list but(std::string const& name, std::string const& value) {
  auto made = good_headers();
  std::erase_if(made, [&](auto const& header) { return header.first == name; });
  if (!value.empty()) made.emplace_back(name, value);
  return made;
}

std::string request(header_list const& headers, std::string const& line = "GET / HTTP/1.1") {
  std::string text = line + "\r\n";
  for (auto const& [name, value] : headers) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

http_response answer_to(std::string const& bytes) {
  auto connection = stream::connect(echo_plain());
  connection.send(bytes);
  return read_response(connection);
}

TEST(Handshake, IsAcceptedWithTheRightHeaders) {
  auto const response = answer_to(request(good_headers()));

  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.header("sec-websocket-accept"), sample_accept);
  EXPECT_THAT(response.header("upgrade"), testing::StrCaseEq("websocket"));
  EXPECT_THAT(response.header("connection"), testing::StrCaseEq("upgrade"));
}

TEST(Handshake, TokensAreListsWithoutCase) {
  header_list const cases[] = {
      but("Connection", "keep-alive, Upgrade"),
      but("Connection", "UPGRADE"),
      but("Connection", "upgrade,keep-alive"),
      but("Connection", "keep-alive ,\tupgrade , x"),
      but("Upgrade", "WebSocket"),
      but("Upgrade", "WEBSOCKET"),
  };
  for (auto const& headers : cases) {
    SCOPED_TRACE(headers.back().second);
    EXPECT_EQ(answer_to(request(headers)).status, 101);
  }
}

TEST(Handshake, HeaderNamesHaveNoCase) {
  auto const text =
      "GET / HTTP/1.1\r\nhost: x\r\nUPGRADE: websocket\r\nconnection: Upgrade\r\n"
      "sec-websocket-version: 13\r\nSEC-WEBSOCKET-KEY: " +
      std::string{sample_key} + "\r\n\r\n";

  EXPECT_EQ(answer_to(text).status, 101);
}

TEST(Handshake, AnyPathAndQueryIsAccepted) {
  for (auto const* const path : {"/", "/announce", "/a/b?token=x&y=%20", "/?auth=1"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(answer_to(request(good_headers(), std::string{"GET "} + path + " HTTP/1.1")).status,
              101);
  }
}

TEST(Handshake, ExtensionsAreNotNegotiated) {
  auto headers = good_headers();
  headers.emplace_back("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits");

  auto const response = answer_to(request(headers));

  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.header("sec-websocket-extensions"), "");
}

TEST(Handshake, HeadInSingleBytesIsAccepted) {
  auto connection = stream::connect(echo_plain());

  connection.send_in_pieces(request(good_headers()), 1);

  EXPECT_EQ(read_response(connection).status, 101);
}

TEST(Handshake, FramesBehindTheHeadAreProcessed) {
  auto connection = stream::connect(echo_plain());
  connection.send(request(good_headers()) + encode({.payload = "in the same segment"}) +
                  encode({.payload = "as the head"}));
  std::string read_ahead;
  ASSERT_EQ(read_response(connection, &read_ahead).status, 101);

  ws_client client{std::move(connection), read_ahead};

  expect_next(client, opcode::text, "in the same segment");
  expect_next(client, opcode::text, "as the head");
}

TEST(Handshake, HalfAFrameBehindTheHeadIsCompletedLater) {
  auto const message = encode({.payload = std::string(300, 'h')});
  for (std::size_t const cut : {1UL, 3UL, 7UL, 100UL, message.size() - 1}) {
    SCOPED_TRACE(cut);
    auto connection = stream::connect(echo_plain());
    connection.send(request(good_headers()) + message.substr(0, cut));
    std::string read_ahead;
    ASSERT_EQ(read_response(connection, &read_ahead).status, 101);
    ws_client client{std::move(connection), read_ahead};
    client.send_bytes(message.substr(cut));
    expect_next(client, opcode::text, std::string(300, 'h'));
  }
}

TEST(Handshake, WithoutUpgradeGets426) {
  for (auto const& headers : {but("Upgrade", ""), header_list{{"Host", "x"}}}) {
    auto const response = answer_to(request(headers));
    EXPECT_EQ(response.status, 426);
    EXPECT_THAT(response.header("upgrade"), testing::StrCaseEq("websocket"));
  }
}

TEST(Handshake, WrongUpgradeOrConnectionIsRefused) {
  for (auto const& headers :
       {but("Upgrade", "h2c"), but("Upgrade", "websockets"), but("Connection", ""),
        but("Connection", "keep-alive"), but("Connection", "notupgrade")}) {
    SCOPED_TRACE(headers.back().second);
    EXPECT_THAT(answer_to(request(headers)).status, AnyOf(400, 426));
  }
}

// Section 4.4: a server that does not know the version names those it knows.
TEST(Handshake, OtherVersionsGet426WithTheRightOne) {
  for (auto const* const version : {"0", "7", "8", "12", "14", "255", "1 3", "abc"}) {
    SCOPED_TRACE(version);
    auto const response = answer_to(request(but("Sec-WebSocket-Version", version)));
    EXPECT_EQ(response.status, 426);
    EXPECT_EQ(response.header("sec-websocket-version"), "13");
  }
}

TEST(Handshake, WithoutVersionIsRefused) {
  EXPECT_THAT(answer_to(request(but("Sec-WebSocket-Version", ""))).status, AnyOf(400, 426));
}

// Section 4.2.1: the key is 16 bytes in base64.
TEST(Handshake, WrongKeysGet400) {
  for (auto const* const key :
       {"", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZWU=", "not base64 at all !!!!!!",
        "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ", "=Gh"}) {
    SCOPED_TRACE(key);
    EXPECT_EQ(answer_to(request(but("Sec-WebSocket-Key", key))).status, 400);
  }
}

TEST(Handshake, OlderHttpAndOtherMethodsAreRefused) {
  EXPECT_THAT(answer_to(request(good_headers(), "GET / HTTP/1.0")).status, AnyOf(400, 426, 505));
  for (auto const* const method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    SCOPED_TRACE(method);
    auto const status =
        answer_to(request(good_headers(), std::string{method} + " / HTTP/1.1")).status;
    EXPECT_THAT(status, AnyOf(400, 405, 426));
  }
}

TEST(Handshake, WithoutHostGets400) {
  // RFC 9112 section 3.2.
  EXPECT_EQ(answer_to(request(but("Host", ""))).status, 400);
}

TEST(Handshake, HeadPastTheLimitGets431) {
  EXPECT_EQ(answer_to(request(but("X-Padding", std::string(64 * 1'024, 'x')))).status, 431);

  auto many = good_headers();
  for (int i = 0; i < 2'000; ++i) many.emplace_back("X-" + std::to_string(i), "y");
  EXPECT_EQ(answer_to(request(many)).status, 431);
}

TEST(Handshake, GarbageGets400) {
  for (std::string const bytes :
       {"GARBAGE\r\n\r\n", "GET\r\n\r\n", "\x01\x02\x03\x04\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n"}) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    EXPECT_THAT(answer_to(bytes).status, AnyOf(400, 505));
  }
}

TEST(Handshake, RefusedConnectionIsClosed) {
  auto connection = stream::connect(echo_plain());
  connection.send("GARBAGE\r\n\r\n");

  EXPECT_TRUE(connection.closes());
}

TEST(Handshake, HealthIsAnsweredOnTheSamePort) {
  EXPECT_EQ(http_get(echo_plain(), "/healthz").status, 200);
  EXPECT_EQ(http_get(echo_tls(), "/healthz").status, 200);
}

TEST(Handshake, AnyOtherGetGets426) {
  for (auto const* const path : {"/", "/metrics", "/healthz/x", "/stats.json", "/healthzz"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(http_get(echo_plain(), path).status, 426);
  }
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Requests, frames and messages that no client would write.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

#include <array>

namespace waggle::test {
namespace {

std::string announce_with(std::string const& fields) {
  auto text = announce_message({.swarm = fresh_swarm(), .peer = fresh_peer()});
  text.insert(1, fields + ",");
  return text;
}

/// What was said is answered with JSON, and the connection goes on.
void expect_answered(tracker_client& client, std::string const& text) {
  client.send(text);
  auto const got = client.receive();
  EXPECT_FALSE(got.fields.is_discarded()) << got.text << " for " << text.substr(0, 80);
  EXPECT_TRUE(got.is_failure() || got.is_reply()) << got.text << " for " << text.substr(0, 80);
}

// Defence: network.head_bytes_max.
TEST(HostileHead, ThatIsTooLargeIsRefused) {
  tracker server{besieged({"network.head_bytes_max=2KiB"})};
  honest_swarm const beside{server.plain()};
  auto const filler = std::string(5'000, 'x');
  for (auto const& head : {"GET /" + filler, "GET / HTTP/1.1\r\nHost: x\r\nX-Filler: " + filler,
                           "GET / HTTP/1.1\r\n" + repeated("A: b\r\n", 1'000)}) {
    auto attacker = stream::connect(server.plain());
    attacker.send(head);
    EXPECT_THAT(read_response(attacker).status, testing::AnyOf(431, 400));
    EXPECT_TRUE(attacker.closes());
  }
  EXPECT_GE(counted(server, "waggle_handshakes_failed_total", "head_too_large"), 1);
}

// Defence: the head parser takes HTTP/1.1 and nothing that a proxy might read otherwise.
TEST(HostileHead, ThatIsNoUpgradeIsRefused) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  using namespace std::string_literals;
  for (auto const& head :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"s, "GET\r\n\r\n"s, "\r\n\r\n\r\n"s,
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n"s, "GET / HTTP/1.1\r\n folded: x\r\n\r\n"s,
        "GET / HTTP/1.1\r\nHost: x\r\nA: \0b\r\n\r\n"s, "POST / HTTP/1.1\r\nHost: x\r\n\r\n"s,
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s}) {
    auto attacker = stream::connect(server.plain());
    attacker.send(head);
    attacker.shut_down();
    EXPECT_NE(read_response(attacker).status, 101) << head;
  }
}

// Defence: webtorrent.json_depth_max.
TEST(HostileMessage, ThatIsNestedDeeplyIsRefused) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  tracker_client client{server.plain()};

  expect_answered(client, repeated("[", 60'000));
  expect_answered(client, repeated("{\"a\":", 10'000));
  expect_answered(client, announce_with("\"x\":" + repeated("[", 1'000) + repeated("]", 1'000)));
  EXPECT_GE(counted(server, "waggle_failures_total", "too_deep"), 2);
}

// Defence: a repeated key means one thing, to the reader of the action and to that of the swarm.
TEST(HostileMessage, WithDuplicateKeysMeansOneThing) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  tracker_client client{server.plain()};
  auto const swarms = std::array{fresh_swarm(), fresh_swarm()};

  client.send(R"({"action":"announce","info_hash":)" + json(swarms[0]).dump() + R"(,"info_hash":)" +
              json(swarms[1]).dump() + R"(,"peer_id":)" + json(fresh_peer()).dump() +
              R"(,"peer_id":)" + json(fresh_peer()).dump() +
              R"(,"offers":[],"offers":[{"offer":{},"offer_id":"a"}]})");
  auto const got = client.receive();

  EXPECT_TRUE(got.is_reply() || got.is_failure()) << got.text;
  EXPECT_LE(server.peers_of(swarms[0]) + server.peers_of(swarms[1]), 1);
  expect_answered(client, repeated(R"({"action":"announce",)", 1) +
                              repeated(R"("action":"scrape",)", 2'000) + R"("a":1})");
}

// Defence: numbers are read with bounds, never through an integer that wraps.
TEST(HostileMessage, WithHugeNumbersIsAnswered) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  tracker_client client{server.plain()};

  for (auto const* const number :
       {"1e999", "-1e999", "99999999999999999999999999999999", "-1", "-9223372036854775809",
        "18446744073709551616", "1e-999", "0.1", "01", "+1", "1.", "NaN", "Infinity"}) {
    for (auto const* const field : {"numwant", "left", "uploaded", "downloaded"}) {
      expect_answered(client, announce_with("\"" + std::string{field} + "\":" + number));
    }
  }
  expect_answered(client, announce_with("\"left\":" + std::string(50'000, '9')));
}

// Defence: a binary string is twenty characters of at most U+00FF; a lone surrogate is none.
TEST(HostileMessage, WithLoneSurrogatesIsAnswered) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  tracker_client client{server.plain()};

  expect_answered(client, R"({"action":"announce","info_hash":")" + repeated(R"(\ud800)", 20) +
                              R"(","peer_id":")" + repeated(R"(\udfff)", 20) + R"("})");
  expect_answered(client, announce_with(R"("event":"\ud834")"));
  expect_answered(client, R"({"action":"\ud800\ud800"})");
  expect_answered(client, announce_with(R"("token":"\udc00")"));
}

// Defence: text is checked as UTF-8 before anything reads it; close code 1007.
TEST(HostileMessage, ThatIsNoUtf8IsClosed) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  using namespace std::string_literals;
  int count = 0;
  for (auto const& bytes :
       {"\xff"s, "\xc0\x80"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xe2\x82"s, "\x80"s}) {
    auto attacker = ws_client::connect(server.plain());
    attacker.send_text("{\"action\":\"" + bytes + "\"}");
    EXPECT_EQ(attacker.await_end().code, 1007);
    ++count;
    EXPECT_TRUE(eventually([&] { return closed(server, "utf8") == count; }));
  }
}

// Defence: the frames of RFC 6455 and none besides; session.message_bytes_max.
TEST(HostileFrame, ThatBreaksTheProtocolIsClosed) {
  tracker server{besieged({"session.message_bytes_max=4KiB"})};
  honest_swarm const beside{server.plain()};
  using namespace std::string_literals;
  auto const huge = "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s;
  auto const negative = "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s;
  for (auto const& bytes :
       {huge, negative, encode({.payload = "{}"}, {.masked = false}),
        encode({.payload = "{}", .reserved = 4}), encode({.op = static_cast<opcode>(3)}),
        encode({.op = opcode::ping, .payload = std::string(126, 'x')}),
        encode({.op = opcode::ping, .fin = false}), encode({.op = opcode::continuation}),
        encode({.payload = std::string(4'097, 'x')})}) {
    auto attacker = ws_client::connect(server.plain());
    attacker.send_bytes(bytes);
    auto const end = attacker.await_end();
    EXPECT_TRUE(end.tcp_closed);
    EXPECT_THAT(end.code.value_or(0), testing::AnyOf(1002, 1009));
  }
}

}  // namespace
}  // namespace waggle::test

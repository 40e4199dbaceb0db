// SPDX-License-Identifier: Apache-2.0
// Frames in, frames out, and both directions of the close handshake.
#include "tests/unit/server/net/driven_session.hpp"

namespace waggle::net::test {
namespace {

using websocket::close_code;
using websocket::opcode;

TEST(WsSession, AnswersAMessage) {
  driven_session at;
  at.open();

  at.client_sends(client_text("hello"));

  EXPECT_EQ(at.heard(), std::vector<said_frame>({{text, "hello"}}));
  EXPECT_EQ(at.log.lives, 1U);
  EXPECT_EQ(at.count(counter::messages_received), 1U);
  EXPECT_EQ(at.count(counter::messages_sent), 1U);
  EXPECT_EQ(at.count(counter::bytes_received), client_text("hello").size());
  EXPECT_EQ(at.count(counter::bytes_sent), 7U);
}

TEST(WsSession, HandlesWhatCameBehindTheRequestHead) {
  driven_session at;

  at.open(client_text("early") + client_text("bird"));

  EXPECT_EQ(at.heard(), std::vector<said_frame>({{text, "early"}, {text, "bird"}}));
}

TEST(WsSession, HandlesAViolationBehindTheRequestHead) {
  driven_session at;

  at.open("\x7F");

  EXPECT_EQ(at.heard(), std::vector{close_frame(close_code::protocol_error)});
  at.client_leaves();
  at.expect_gone();
}

TEST(WsSession, SettlesAfterEachMessage) {
  driven_session at;
  at.open();

  at.client_sends(client_text("a") + client_text("b") + client_text("c"));

  EXPECT_EQ(at.host.settles, 3U);
}

TEST(WsSession, UnderstandsInputInEverySplit) {
  auto const input = client_frame(text, "hel", /*fin=*/false) + client_frame(ping, "p") +
                     client_frame(opcode::continuation, "lo") + client_text("bye") +
                     client_close(1000);
  auto const expected = std::vector<said_frame>(
      {{pong, "p"}, {text, "hello"}, {text, "bye"}, {opcode::close, "\x03\xE8"}});
  for (std::size_t first = 0; first <= input.size(); ++first) {
    for (std::size_t second = first; second <= input.size(); ++second) {
      driven_session at;
      at.open();

      at.client_sends(input.substr(0, first));
      at.client_sends(input.substr(first, second - first));
      at.client_sends(input.substr(second));
      at.client_leaves();

      ASSERT_EQ(at.heard(), expected) << "split at " << first << " and " << second;
      at.expect_gone();
    }
  }
}

TEST(WsSession, AnswersEveryPingWithItsPayload) {
  driven_session at;
  at.open();

  at.client_sends(client_frame(ping, "one") + client_frame(ping, ""));

  EXPECT_EQ(at.heard(), std::vector<said_frame>({{pong, "one"}, {pong, ""}}));
}

TEST(WsSession, EchoesTheClientsCloseAndSaysThatItWillWriteNoMore) {
  driven_session at;
  at.open();

  at.client_sends(client_close(4321, "had enough"));

  EXPECT_EQ(at.heard(), std::vector<said_frame>({{opcode::close, "\x10\xE1"}}));
  EXPECT_TRUE(at.wire->write_shut);
  EXPECT_TRUE(at.alive());
  EXPECT_EQ(at.host.sessions_closing, 1U);
  EXPECT_EQ(at.log.closes, 1U);
  at.client_leaves();
  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::client), 1U);
}

TEST(WsSession, EchoesACloseWithoutCodeWithoutOne) {
  driven_session at;
  at.open();

  at.client_sends(client_frame(opcode::close, ""));

  EXPECT_EQ(at.heard(), std::vector<said_frame>({{opcode::close, ""}}));
}

TEST(WsSession, ClosesOnRequestOnceAndEndsWithTheClientsClose) {
  driven_session at;
  at.open();

  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.host.table->close(close_code::policy_violation, label::closed::error);
  at.run();

  EXPECT_EQ(at.heard(), std::vector{close_frame(close_code::going_away)});
  EXPECT_TRUE(at.wire->write_shut);
  EXPECT_TRUE(at.alive());
  at.client_sends(client_close(1001));
  at.expect_gone();
  EXPECT_TRUE(at.heard().empty());
  EXPECT_EQ(at.closed(label::closed::shutdown), 1U);
}

TEST(WsSession, AnswersNothingWhileClosing) {
  driven_session at;
  at.open();
  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.run();
  static_cast<void>(at.heard());

  at.client_sends(client_text("hello?") + client_frame(ping, "x"));

  EXPECT_TRUE(at.heard().empty());
  EXPECT_TRUE(at.log.messages.empty());
  EXPECT_EQ(at.log.lives, 0U);
}

TEST(WsSession, CountsAClientThatVanishesWithoutCloseAsItsOwnDoing) {
  driven_session at;
  at.open();

  at.client_leaves();

  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::client), 1U);
}

TEST(WsSession, ShedsWhatIsDeliveredWhileClosing) {
  driven_session at;
  at.open();
  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.run();
  static_cast<void>(at.heard());

  at.relay("{}");
  at.deliver(reply_message{});

  EXPECT_TRUE(at.heard().empty());
  EXPECT_EQ(at.log.events, 0U);
  EXPECT_EQ(at.shed(label::shed::closing), 2U);
}

TEST(WsSession, EndsWhenTheClientAnswersACloseInTheSameTurnAsItWasAsked) {
  driven_session at;
  at.open();

  at.wire->from_client = client_close(1000);
  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.wire->tell();
  at.run();

  at.expect_gone();
}

struct violation {
  char const* name;
  std::string bytes;
  close_code code;
  label::closed counted;
};

TEST(WsSession, NamesTheRuleThatWasBroken) {
  session_limits limits;
  limits.reader.message_bytes_max = 100;
  std::vector<violation> const table{
      {"unmasked frame", std::string("\x81\x01x", 3), close_code::protocol_error,
       label::closed::protocol},
      {"continuation of nothing", client_frame(opcode::continuation, "x"),
       close_code::protocol_error, label::closed::protocol},
      {"close code 1005", client_close(1005), close_code::protocol_error, label::closed::protocol},
      {"text that is not UTF-8", client_text("\xFF"), close_code::invalid_payload,
       label::closed::utf8},
      {"message over the limit", client_text(std::string(101, 'x')), close_code::message_too_big,
       label::closed::too_big}};
  for (auto const& row : table) {
    SCOPED_TRACE(row.name);
    driven_session at{limits};
    at.open();

    at.client_sends(row.bytes + client_text("ignored"));

    EXPECT_EQ(at.heard(), std::vector{close_frame(row.code)});
    EXPECT_TRUE(at.log.messages.empty());
    at.client_leaves();
    at.expect_gone();
    EXPECT_EQ(at.closed(row.counted), 1U);
  }
}

TEST(WsSession, SaysWhatAShardHasToSay) {
  driven_session at;
  at.open();

  at.relay("{\"sdp\":1}");
  at.deliver(answer_delivery{.body = {"{\"sdp\":2}"}});
  at.deliver(reply_message{});

  EXPECT_EQ(at.heard(), std::vector<said_frame>(
                            {{text, "{\"sdp\":1}"}, {text, "{\"sdp\":2}"}, {text, "reply"}}));
}

TEST(WsSession, PingsWhenTheConversationAsksForIt) {
  driven_session at;
  at.open();
  at.log.ask = conversation::request::ping;

  at.deliver(probe_message{});

  EXPECT_EQ(at.heard(), std::vector<said_frame>({{ping, ""}}));
  EXPECT_EQ(at.count(counter::pings_sent), 1U);
}

TEST(WsSession, WritesAllThatOneTurnHadToSayAtOnce) {
  driven_session at;
  at.open();

  for (int i = 0; i < 5; ++i) at.host.table->deliver(reply_message{});

  EXPECT_EQ(at.host.unflushed.size(), 1U);
  at.run();
  EXPECT_EQ(at.heard().size(), 5U);
}

TEST(WsSession, GoesByTheLimitsOfItsHostAsTheyAreNow) {
  driven_session at;
  at.open();
  at.client_sends(client_text(std::string(2'000, 'a')));
  ASSERT_EQ(at.log.messages.size(), 1U);
  static_cast<void>(at.heard());

  at.host.limits.reader.message_bytes_max = 1'000;
  at.client_sends(client_text(std::string(1'000, 'b')));
  EXPECT_EQ(at.log.messages.size(), 2U);
  at.client_sends(client_text(std::string(1'001, 'c')));

  EXPECT_EQ(at.log.messages.size(), 2U);
  EXPECT_EQ(at.heard().back(), close_frame(close_code::message_too_big));
}

}  // namespace
}  // namespace waggle::net::test

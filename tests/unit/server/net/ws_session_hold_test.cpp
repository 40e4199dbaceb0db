// SPDX-License-Identifier: Apache-2.0
// A session that is held back: what it asks for cannot be done now, so it is not read from, and
// none of that counts against it.
#include "tests/unit/server/net/driven_session.hpp"

namespace waggle::net::test {
namespace {

using websocket::close_code;

std::string const filling(100, 'b');

class WsSessionHold : public testing::Test {
 protected:
  ~WsSessionHold() override {
    if (auto const session = at.host.table; session && at.alive()) session->let_go();
  }

  void hold() { at.host.table->hold(held); }
  void let_go() {
    ASSERT_FALSE(held.empty());
    auto const session = at.host.table;
    held.front().let_go();
    at.run();
  }
  void expect_held() const {
    EXPECT_EQ(at.host.sessions_held, 1U);
    EXPECT_FALSE(held.empty());
    EXPECT_EQ(at.wire->reader, nullptr) << "it waits for the client";
  }

  held_sessions held;
  driven_session at;
};

/// Holds its session back when it reads "hold".
class holding_talk final : public conversation {
 public:
  holding_talk(talk_log& log, fake_host& host, held_sessions& held)
      : log_(log), host_(host), held_(held) {}

  heard on_message(websocket::opcode type, std::string_view said, core_time /*now*/,
                   std::string& out) override {
    log_.messages.emplace_back(said);
    if (said == "hold") host_.table->hold(held_);
    websocket::append_frame(out, type, said);
    return {};
  }
  request on_event(session_message const& /*what*/, core_time /*now*/,
                   std::string& /*out*/) override {
    return request::nothing;
  }
  void on_life(core_time /*now*/) override {}
  [[nodiscard]] core_time next_deadline() const override { return core_time::max(); }
  [[nodiscard]] std::optional<websocket::close_code> on_tick(core_time /*now*/) override {
    return std::nullopt;
  }
  void on_close(ending /*how*/) override { ++log_.closes; }

 private:
  talk_log& log_;
  fake_host& host_;
  held_sessions& held_;
};

class WsSessionHoldsItself : public WsSessionHold, public testing::WithParamInterface<bool> {
 protected:
  void open(std::string_view early = {}) {
    at.wire->holds_input = GetParam();
    at.host.table = new ws_session{at.host,
                                   {.self = at.self,
                                    .stream = std::make_unique<memory_stream>(at.wire),
                                    .talk = std::make_unique<holding_talk>(at.log, at.host, held)}};
    std::vector<char> padded(early.size() + websocket::payload_padding_bytes);
    std::ranges::copy(early, padded.begin());
    auto const keep = at.host.table;
    keep->start(std::span{padded}.first(early.size()));
    at.run();
  }
};

TEST_P(WsSessionHoldsItself, HandlesWhatItHasReadAndReadsNoMoreUntilItIsLetGo) {
  open();
  at.client_sends(client_text("hold") + client_text("read with it"));
  EXPECT_EQ(at.log.messages.size(), 2U);
  expect_held();

  at.client_sends(client_text("later"));
  EXPECT_EQ(at.log.messages.size(), 2U);
  EXPECT_EQ(at.heard().size(), 2U) << "writing goes on";

  let_go();
  EXPECT_EQ(at.log.messages.back(), "later");
  EXPECT_EQ(at.host.sessions_held, 0U);
  at.client_sends(client_text("and on"));
  EXPECT_EQ(at.log.messages.back(), "and on");
  EXPECT_EQ(at.heard().size(), 2U);
}

TEST_P(WsSessionHoldsItself, StopsInTheMiddleOfMoreThanOneReadBuffer) {
  at.host.limits.quota.messages.per_second = 0;
  open();
  std::string many = client_text("hold");
  for (int i = 0; i < 2000; ++i) many += client_text(filling);

  at.client_sends(many);

  EXPECT_LE(at.log.messages.size(), 64 * 1024 / filling.size());
  expect_held();
  let_go();
  EXPECT_EQ(at.log.messages.size(), 2001U);
}

TEST_P(WsSessionHoldsItself, AlsoByWhatCameWithTheRequest) {
  at.wire->from_client = client_text("later");
  open(client_text("hold"));

  EXPECT_EQ(at.log.messages.size(), 1U);
  expect_held();
  let_go();
  EXPECT_EQ(at.log.messages.size(), 2U);
}

TEST_P(WsSessionHoldsItself, AgainAfterItWasLetGo) {
  open();
  at.client_sends(client_text("hold"));
  at.client_sends(client_text("hold"));
  let_go();

  EXPECT_EQ(at.log.messages.size(), 2U);
  expect_held();
  let_go();
  EXPECT_EQ(at.host.sessions_held, 0U);
}

INSTANTIATE_TEST_SUITE_P(Transports, WsSessionHoldsItself, testing::Bool(),
                         [](testing::TestParamInfo<bool> const& holds_input) {
                           return holds_input.param ? "LikeTls" : "LikeTcp";
                         });

TEST_F(WsSessionHold, ItsSilenceIsNotCountedAgainstIt) {
  at.open();
  at.client_sends(client_text("x").substr(0, 3));
  hold();

  at.pass(10min);
  EXPECT_TRUE(at.alive());
  EXPECT_GE(at.count(counter::pings_sent), 20U) << "pings find out whether it is gone";
  EXPECT_EQ(at.log.closes, 0U);

  let_go();
  at.pass(20s);
  EXPECT_EQ(at.log.closes, 0U);
  at.pass(3min);
  EXPECT_FALSE(at.alive()) << "what is silent afterwards is dead in time";
}

TEST_F(WsSessionHold, ItIsNotReplacedForALifeThatNobodyReads) {
  at.open();
  at.log.deadline = at.host.time + 10s;
  at.log.ask = conversation::request::ping;
  at.deliver(probe_message{});
  hold();
  at.client_sends(client_frame(pong, ""));

  at.pass(1min);

  EXPECT_EQ(at.log.closes, 0U);
  at.log.deadline = core_time::max();  // what the conversation does when it hears of life
  let_go();
  EXPECT_EQ(at.log.lives, 1U);
  at.pass(1s);
  EXPECT_EQ(at.log.closes, 0U);
}

TEST_F(WsSessionHold, FindsOutThatAClientIsGoneWhenItWrites) {
  at.open();
  hold();
  at.client_leaves();
  EXPECT_TRUE(at.alive()) << "nobody reads the end of the stream";
  at.wire->planned = fault::fails;
  at.wire->faulty_operation = at.wire->operations + 1;

  at.pass(25s);

  at.expect_gone();
  EXPECT_EQ(at.host.sessions_held, 0U);
  EXPECT_TRUE(held.empty());
}

TEST_F(WsSessionHold, ClosingReadsThePeersHalfOfTheHandshake) {
  at.open();
  hold();

  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.run();
  EXPECT_EQ(at.host.sessions_held, 0U);
  EXPECT_TRUE(held.empty());
  at.client_sends(client_close(1001));

  at.expect_gone();
}

TEST_F(WsSessionHold, IsHeldOnceAndOnlyWhileOpen) {
  held_sessions other;
  at.open();
  hold();
  hold();
  at.host.table->hold(other);
  EXPECT_EQ(at.host.sessions_held, 1U);
  EXPECT_TRUE(other.empty());
  let_go();
  EXPECT_EQ(at.host.sessions_held, 0U);

  at.host.table->close(close_code::going_away, label::closed::shutdown);
  hold();
  EXPECT_EQ(at.host.sessions_held, 0U);
}

TEST_F(WsSessionHold, WhoIsLetGoStillReadsItsRepliesFirst) {
  session_limits limits;
  limits.outbox_bytes_max = 1040;
  driven_session slow{limits};
  slow.open();
  slow.client_stalls();
  slow.host.table->hold(held);
  for (int i = 0; i < 16; ++i) slow.deliver(reply_message{});
  while (slow.host.outbox_bytes <= 1560) slow.deliver(reply_message{});
  slow.client_sends(client_text("later"));

  held.front().let_go();
  slow.run();
  EXPECT_TRUE(slow.log.messages.empty());
  slow.client_reads();

  EXPECT_EQ(slow.log.messages.size(), 1U);
}

}  // namespace
}  // namespace waggle::net::test

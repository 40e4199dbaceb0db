// SPDX-License-Identifier: Apache-2.0
// A client that says more than its quota is not read from for a while, without that being held
// against it; one that does not stop has to go.
#include "tests/unit/server/net/driven_session.hpp"

namespace waggle::net::test {
namespace {

using websocket::close_code;

constexpr std::size_t burst = 200;

std::string repeated(std::string const& what, std::size_t times) {
  std::string all;
  while (times-- > 0) all += what;
  return all;
}

/// 200 messages at once and 100 a second; bytes as they are by default.
session_limits few_messages() {
  session_limits limits;
  limits.quota.messages = {.burst = burst, .per_second = 100};
  limits.quota.over_max = 10s;
  return limits;
}

class WsSessionQuota : public testing::TestWithParam<bool> {
 protected:
  WsSessionQuota() { at.wire->holds_input = GetParam(); }

  void expect_paused() const {
    EXPECT_EQ(at.host.sessions_over_quota, 1U);
    EXPECT_EQ(at.wire->reader, nullptr) << "it waits for the client";
    EXPECT_TRUE(at.host.rereads.empty());
  }

  driven_session at{few_messages()};
};

TEST_P(WsSessionQuota, HandlesABurstAndLetsTheRestWait) {
  at.open();

  at.client_sends(repeated(client_text("x"), 300));

  EXPECT_EQ(at.log.messages.size(), burst);
  EXPECT_EQ(at.count(counter::quota_pauses), 1U);
  expect_paused();
  at.pass(120ms);
  EXPECT_EQ(at.log.messages.size(), burst + 12) << "a sixteenth of the burst was back";
  at.pass(2s);
  EXPECT_EQ(at.log.messages.size(), 300U);
  EXPECT_EQ(at.host.sessions_over_quota, 0U);
  EXPECT_EQ(at.heard().size(), 300U);
}

TEST_P(WsSessionQuota, OfBytesAlsoStopsReading) {
  at.host.limits.quota.bytes = {.burst = 100'000, .per_second = 10'000};
  at.host.limits.quota.over_max = 60s;
  at.open();

  at.client_sends(repeated(client_text(std::string(10'000, 'b')), 30));

  EXPECT_LE(at.log.messages.size(), 17U) << "what one read has brought is handled";
  expect_paused();
  auto const before = at.log.messages.size();
  at.pass(10s);
  EXPECT_LE(at.log.messages.size(), before + 11);
  at.pass(20s);
  EXPECT_EQ(at.log.messages.size(), 30U);
  EXPECT_EQ(at.host.sessions_over_quota, 0U);
}

TEST_P(WsSessionQuota, IsUsedByTheOffersOfAnAnnounceToo) {
  at.log.cost = 11;
  at.open();

  at.client_sends(repeated(client_text("announce"), 30));

  EXPECT_EQ(at.log.messages.size(), burst / 11 + 1);
  expect_paused();
}

TEST_P(WsSessionQuota, IsUsedByPingsAndPongs) {
  at.open();
  at.client_sends(client_text("x"));

  at.client_sends(repeated(client_frame(ping, "p") + client_frame(pong, "p"), 200));

  EXPECT_EQ(std::ranges::count(at.heard(), pong, &said_frame::type), 100);
  expect_paused();
}

TEST_P(WsSessionQuota, TinyMessagesOfOneReadTakeSeveralTurns) {
  at.host.limits.quota.messages = {.burst = 100'000, .per_second = 100'000};
  at.open();
  auto const session = at.host.table;

  at.wire->from_client = repeated(client_frame(text, ""), 9'000);
  ASSERT_TRUE(at.wire->tell());

  EXPECT_EQ(at.log.messages.size(), full_share.messages);
  EXPECT_GT(at.host.partial_bytes, 0U) << "what waits is accounted for";
  at.run();
  EXPECT_EQ(at.log.messages.size(), 9'000U);
  EXPECT_EQ(at.host.partial_bytes, 0U);
}

TEST_P(WsSessionQuota, LetsMessagesInPiecesGoOnAfterwards) {
  at.open();
  auto const half = client_frame(text, "he", /*fin=*/false);
  auto const rest = client_frame(websocket::opcode::continuation, "llo");

  at.client_sends(repeated(client_text("x"), burst) + half + client_frame(ping, "") + rest);
  at.pass(5s);

  EXPECT_EQ(at.log.messages.size(), burst + 1);
  EXPECT_EQ(at.log.messages.back(), "hello");
}

TEST_P(WsSessionQuota, DeadlinesWaitMeanwhile) {
  constexpr std::size_t many = 1'600;  // a sixteenth of which takes 100 s
  at.host.limits.quota.messages = {.burst = many, .per_second = 1};
  at.host.limits.quota.over_max = 1h;
  at.host.limits.liveness.first_message_deadline = 30s;
  at.open();

  // Pings are no messages, and what has begun cannot end while nobody reads.
  at.client_sends(repeated(client_frame(ping, ""), many) + client_text("late").substr(0, 3));
  at.pass(90s);

  EXPECT_EQ(at.log.closes, 0U);
  EXPECT_EQ(at.host.sessions_over_quota, 1U);
  at.pass(8min);
  EXPECT_FALSE(at.alive()) << "what is silent afterwards is dead in time";
}

TEST_P(WsSessionQuota, WhoStaysOverItIsClosedWithACode) {
  at.open();
  auto const flood = repeated(client_text("x"), 2'000);
  at.client_sends(flood);

  for (int second = 0; second < 9; ++second) at.pass(1s);
  EXPECT_EQ(at.log.closes, 0U);
  at.pass(2s);

  EXPECT_EQ(at.log.closes, 1U);
  EXPECT_EQ(at.heard().back(), close_frame(close_code::rate_limited));
  at.client_sends(client_close(4309));
  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::rate_limited), 1U);
}

TEST_P(WsSessionQuota, WhoPausesIsNeverClosed) {
  at.open();
  for (int round = 0; round < 30; ++round) {
    at.client_sends(repeated(client_text("x"), burst));
    at.pass(2s);
  }

  EXPECT_EQ(at.log.messages.size(), 30 * burst);
  EXPECT_EQ(at.log.closes, 0U);
}

TEST_P(WsSessionQuota, ComesBackSlowerWhileTheCoreIsBehind) {
  at.open();
  at.client_sends(repeated(client_text("x"), 300));
  at.host.behind = true;

  at.pass(2s);

  EXPECT_LE(at.log.messages.size(), burst + 55) << "a quarter of what comes back otherwise";
  at.host.behind = false;
  at.pass(2s);
  EXPECT_EQ(at.log.messages.size(), 300U);
}

TEST_P(WsSessionQuota, LetsGoOnlyOnceBothReasonsAreOver) {
  held_sessions held;
  at.open();
  at.client_sends(repeated(client_text("x"), 300));
  at.host.table->hold(held);

  at.pass(5s);
  EXPECT_EQ(at.log.messages.size(), burst) << "a core does not read its mail";
  EXPECT_EQ(at.host.sessions_over_quota, 0U);
  held.front().let_go();
  at.run();

  EXPECT_EQ(at.log.messages.size(), 300U);
  EXPECT_EQ(at.host.sessions_held, 0U);
}

TEST_P(WsSessionQuota, IsNoMatterWhileClosing) {
  at.open();
  at.client_sends(repeated(client_text("x"), 300) + client_close(1000));
  expect_paused();

  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.run();

  at.expect_gone();
}

INSTANTIATE_TEST_SUITE_P(Transports, WsSessionQuota, testing::Bool(),
                         [](testing::TestParamInfo<bool> const& holds_input) {
                           return holds_input.param ? "LikeTls" : "LikeTcp";
                         });

TEST(WsSessionFirstMessage, MustComeInTime) {
  session_limits limits;
  limits.liveness.first_message_deadline = 30s;
  driven_session at{limits};
  at.open();
  at.client_sends(client_frame(ping, ""));
  at.pass(10s);
  at.client_sends(client_frame(text, "begun", /*fin=*/false));

  at.pass(19s);
  EXPECT_EQ(at.log.closes, 0U);
  at.pass(1s);

  EXPECT_EQ(at.log.closes, 1U);
  EXPECT_EQ(at.heard().back(), close_frame(close_code::no_message));
  at.client_sends(client_close(4304));
  EXPECT_EQ(at.closed(label::closed::no_message), 1U);
}

TEST(WsSessionFirstMessage, IsEnough) {
  session_limits limits;
  limits.liveness.first_message_deadline = 30s;
  driven_session at{limits};
  at.open(client_text("early"));

  at.pass(55s);

  EXPECT_EQ(at.log.closes, 0U);
}

}  // namespace
}  // namespace waggle::net::test

// SPDX-License-Identifier: Apache-2.0
// What passing time does to a session: pings, deadlines, and ticks that come too late to matter.
#include "tests/unit/server/net/driven_session.hpp"

namespace waggle::net::test {
namespace {

using websocket::close_code;

TEST(WsSessionTick, PingsASilentClientAndGivesItUpAfterAMinute) {
  driven_session at;
  at.open();

  at.pass(24'999ms);
  EXPECT_TRUE(at.heard().empty());
  at.pass(1ms);
  EXPECT_EQ(at.heard(), std::vector<said_frame>({{ping, ""}}));
  at.pass(25s);
  EXPECT_EQ(at.heard(), std::vector<said_frame>({{ping, ""}}));
  at.pass(9'999ms);
  EXPECT_TRUE(at.alive());
  at.pass(1ms);

  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::dead), 1U);
  EXPECT_EQ(at.count(counter::pings_sent), 2U);
}

TEST(WsSessionTick, KeepsAClientThatAnswersItsPings) {
  driven_session at;
  at.open();

  for (int i = 0; i < 20; ++i) {
    at.pass(25s);
    ASSERT_EQ(at.heard(), std::vector<said_frame>({{ping, ""}}));
    at.client_sends(client_frame(pong, ""));
  }

  EXPECT_TRUE(at.alive());
}

TEST(WsSessionTick, ClosesAMessageThatTakesTooLong) {
  driven_session at;
  at.open();
  auto const slow = client_text("slow");
  at.client_sends(slow.substr(0, 1));

  for (std::size_t i = 1; i < 6; ++i) {
    at.pass(5s);
    at.client_sends(slow.substr(i, 1));
  }
  at.pass(4'999ms);
  EXPECT_EQ(at.log.closes, 0U);
  at.pass(1ms);

  ASSERT_FALSE(at.wire->to_client.empty());
  EXPECT_EQ(at.heard().back(), close_frame(close_code::policy_violation));
  at.client_leaves();
  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::message_deadline), 1U);
}

TEST(WsSessionTick, WaitsForTheClientsCloseForAWhileOnly) {
  driven_session at;
  at.open();
  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.run();

  at.pass(4'999ms);
  EXPECT_TRUE(at.alive());
  at.pass(1ms);

  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::shutdown), 1U);
}

TEST(WsSessionTick, WaitsForAClientThatDoesNotReadTheCloseForAWhileOnly) {
  driven_session at;
  at.open();
  at.client_stalls();
  at.relay("never read");
  at.host.table->close(close_code::going_away, label::closed::shutdown);
  at.run();

  at.pass(5s);
  at.run();

  at.expect_gone();
}

TEST(WsSessionTick, ClosesWhenTheConversationSaysSo) {
  driven_session at;
  at.open();
  at.log.deadline = at.host.time + 10s;
  at.deliver(expiry_message{});
  at.log.ask = conversation::request::ping;
  at.deliver(probe_message{});
  static_cast<void>(at.heard());

  at.pass(9'999ms);
  EXPECT_TRUE(at.heard().empty());
  at.pass(1ms);

  EXPECT_EQ(at.heard(), std::vector{close_frame(close_code::replaced)});
  at.client_leaves();
  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::probe), 1U);
}

TEST(WsSessionTick, IgnoresATickThatWasScheduledForAnotherTime) {
  driven_session at;
  at.open();
  auto const due = at.host.scheduled.at(0).second;
  at.host.time = due + 5s;

  at.host.table->tick(due - 1ms);
  at.run();
  EXPECT_TRUE(at.heard().empty());

  at.host.table->tick(due);
  at.run();
  EXPECT_EQ(at.heard().size(), 1U);
  at.host.table->tick(due);
  at.run();
  EXPECT_TRUE(at.heard().empty());
}

TEST(WsSessionTick, IgnoresATickAfterTheEnd) {
  driven_session at;
  at.open();
  auto const keep = at.host.table;
  auto const due = at.host.scheduled.at(0).second;
  at.client_leaves();
  ASSERT_FALSE(at.alive());

  at.host.time = due;
  keep->tick(due);
  keep->deliver(reply_message{});
  keep->flush();
  keep->close(close_code::going_away, label::closed::shutdown);
  keep->on_ready(readiness::readable, /*ok=*/true);

  EXPECT_TRUE(at.heard().empty());
  EXPECT_EQ(at.log.closes, 1U);
  EXPECT_EQ(at.host.forgotten.size(), 1U);
}

TEST(WsSessionTick, AsksForOneDeadlineAtATime) {
  driven_session at;
  at.open();

  for (int i = 0; i < 100; ++i) at.client_sends(client_text("chat"));

  EXPECT_EQ(at.host.scheduled.size(), 1U);
}

TEST(WsSessionTick, GoesByOtherDeadlinesFromTheNextLookOn) {
  driven_session at;
  at.open();
  at.pass(20s);

  at.host.limits.liveness = {.ping_after = 1s, .dead_after = 3s};
  at.pass(5s);  // to the look that was due by the old ones
  EXPECT_EQ(at.heard(), std::vector<said_frame>({{ping, ""}}));
  at.pass(1s);
  EXPECT_EQ(at.heard(), std::vector<said_frame>({{ping, ""}}));
  at.pass(1s);

  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::dead), 1U);
}

}  // namespace
}  // namespace waggle::net::test

// SPDX-License-Identifier: Apache-2.0
// Pings, death by silence, slow and oversized messages: rule 13 of the WebTorrent dialect and the
// limits of a session.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

class Liveness : public CoresTest {};

TEST_P(Liveness, PingComesAfterSilence) {
  tracker server{cores({"session.ping_after=200ms", "session.dead_after=10s"})};
  std::vector<ws_client> clients;
  clients.push_back(ws_client::connect(server.plain()));

  EXPECT_TRUE(pump_until(clients, [&] { return clients[0].pings_seen() >= 3; }));

  EXPECT_FALSE(clients[0].tcp_closed());
}

TEST_P(Liveness, SilentClientLeavesItsSwarms) {
  tracker server{cores({"session.ping_after=200ms", "session.dead_after=1s"})};
  auto const swarm = fresh_swarm();
  tracker_client silent{server.plain(), {.answers_pings = false}};
  std::vector<tracker_client> lively;
  lively.emplace_back(server.plain());
  silent.announce({.swarm = swarm, .peer = fresh_peer()});
  lively[0].announce({.swarm = swarm, .peer = fresh_peer()});
  ASSERT_EQ(server.peers_of(swarm), 2);

  EXPECT_TRUE(pump_until(lively, [&] {
    return server.peers_of(swarm) == 1 && server.stats().at("connections") == 1;
  }));

  EXPECT_FALSE(lively[0].socket().tcp_closed());
  std::size_t pings = 0;
  deadline const until{patience};
  while (auto const next = silent.socket().receive(until.left())) {
    if (next->kind == opcode::ping) ++pings;
    if (next->kind == opcode::close) break;
  }
  EXPECT_GE(pings, 2U) << "at least two pings unanswered";
  EXPECT_TRUE(silent.socket().await_end().tcp_closed);
}

TEST_P(Liveness, ClientThatNeverReadsIsDropped) {
  tracker server{cores({"session.ping_after=200ms", "session.dead_after=1s"})};
  auto const swarm = fresh_swarm();
  {
    tracker_client frozen{server.plain()};
    frozen.announce({.swarm = swarm, .peer = fresh_peer()});
    // Its functions are not called any more: the socket stays open and nobody serves it.
    EXPECT_TRUE(eventually([&] { return server.peers_of(swarm) == 0; }));
    EXPECT_TRUE(eventually([&] { return server.stats().at("connections") == 0; }));
  }
}

TEST_P(Liveness, MessageMustBeCompleteInTime) {
  tracker server{cores({"session.message_deadline=500ms"})};
  auto client = ws_client::connect(server.plain());
  auto const whole = encode({.payload = std::string(1'000, 'x')});

  client.send_bytes(whole.substr(0, 500));

  auto const end = client.await_end();
  EXPECT_TRUE(end.tcp_closed);
  EXPECT_TRUE(end.code.has_value());
}

TEST_P(Liveness, FragmentsMustBeCompleteInTime) {
  tracker server{cores({"session.message_deadline=500ms"})};
  auto client = ws_client::connect(server.plain());

  client.send({.payload = "first", .fin = false});

  EXPECT_TRUE(client.await_end().tcp_closed);
}

TEST_P(Liveness, MessageOverTheLimitClosesWith1009) {
  tracker server{cores({"session.message_bytes_max=2048"})};
  auto fits = ws_client::connect(server.plain());
  fits.send_text(std::string(2'048, 'x'));
  EXPECT_NE(fits.receive_text(), "") << "a failure, for it is no JSON";

  auto client = ws_client::connect(server.plain());
  client.send_text(std::string(2'049, 'x'));

  auto const end = client.await_end();
  EXPECT_EQ(end.code, 1009);
  EXPECT_TRUE(end.tcp_closed);
}

TEST_P(Liveness, DefaultLimitIs64KiB) {
  tracker server{cores()};
  auto client = ws_client::connect(server.plain());
  client.send_text(std::string(65'536, ' '));
  EXPECT_NE(client.receive_text(), "");

  client.send_text(std::string(65'537, ' '));

  EXPECT_EQ(client.await_end().code, 1009);
}

TEST_P(Liveness, SetupMustBeCompleteInTime) {
  tracker server{cores({"network.setup_deadline=300ms"})};
  auto mute = stream::connect(server.plain());
  auto half = stream::connect(server.plain());
  half.send("GET / HTTP/1.1\r\nHost: x\r\n");

  EXPECT_TRUE(mute.closes());
  EXPECT_TRUE(half.closes());
}

WAGGLE_ON_ONE_AND_TWO_CORES(Liveness);

}  // namespace
}  // namespace waggle::test

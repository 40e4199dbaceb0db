// SPDX-License-Identifier: Apache-2.0
// Identity is (connection, peer_id, info_hash): rule 7 of the WebTorrent dialect.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Identity : public CoresTest {};

TEST_P(Identity, SeveralPeerIdsShareASocketAndASwarm) {
  tracker server{cores()};
  auto const swarm = fresh_swarm();
  {
    tracker_client one{server.plain()};
    for (int peers = 1; peers <= 3; ++peers) {
      auto const reply = one.announce({.swarm = swarm, .peer = fresh_peer()});
      EXPECT_EQ(reply.number("incomplete"), peers);
      EXPECT_THAT(one.drain(swarm), IsEmpty());
    }
    tracker_client other{server.plain()};
    other.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("s", 3)});
    EXPECT_THAT(offers_among(one.drain(swarm)), SizeIs(3)) << "one for each of its peers";
  }
  EXPECT_TRUE(eventually([&] { return server.peers_of(swarm) == 0; })) << "none stays as a ghost";
}

TEST_P(Identity, OneOfSeveralPeerIdsMayStop) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  auto const staying = fresh_peer();
  auto const leaving = fresh_peer();
  client.announce({.swarm = swarm, .peer = staying});
  client.announce({.swarm = swarm, .peer = leaving});

  EXPECT_EQ(
      client.announce({.swarm = swarm, .peer = leaving, .event = "stopped"}).number("incomplete"),
      1);
}

TEST_P(Identity, ManySwarmsShareASocket) {
  tracker server{cores()};
  std::vector<std::string> swarms;
  {
    tracker_client client{server.plain()};
    auto const peer = fresh_peer();
    for (int i = 0; i < 50; ++i) {
      swarms.push_back(fresh_swarm());
      EXPECT_EQ(client.announce({.swarm = swarms.back(), .peer = peer}).string("info_hash"),
                swarms.back());
    }
    EXPECT_TRUE(eventually([&] { return server.stats().at("swarms") == 50; }));
  }
  EXPECT_TRUE(eventually([&] { return server.stats().at("swarms") == 0; }));
}

TEST_P(Identity, SamePeerIdOnTwoLiveConnectionsServesBoth) {
  tracker server{cores({"swarm.probe_deadline=10s"})};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client older{server.plain()};
  tracker_client newer{server.plain()};
  tracker_client other{server.plain()};
  older.announce({.swarm = swarm, .peer = peer});
  newer.announce({.swarm = swarm, .peer = peer});

  // The older one is asked for a sign of life; its pong makes it count again.
  ASSERT_TRUE(eventually([&] {
    older.pump();
    return older.socket().pings_seen() > 0 && server.peers_of(swarm) == 2;
  }));
  other.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("o", 5)});

  EXPECT_THAT(offers_among(older.drain(swarm)), SizeIs(1));
  EXPECT_THAT(offers_among(newer.drain(swarm)), SizeIs(1));
  EXPECT_FALSE(older.socket().tcp_closed());
}

TEST_P(Identity, HangingOldConnectionIsClosedAndCountedOnceMeanwhile) {
  tracker server{cores({"swarm.probe_deadline=1s"})};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client hanging{server.plain(), {.answers_pings = false}};
  tracker_client newer{server.plain()};
  tracker_client other{server.plain()};
  hanging.announce({.swarm = swarm, .peer = peer});

  // From here on nothing is sent on the old connection.
  EXPECT_EQ(newer.announce({.swarm = swarm, .peer = peer}).number("incomplete"), 1);
  auto const reply =
      other.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("o", 5)});

  EXPECT_EQ(reply.number("incomplete"), 2);
  EXPECT_THAT(offers_among(newer.drain(swarm)), SizeIs(1));
  std::size_t offers_to_hanging = 0;
  deadline const until{patience};
  while (auto const next = hanging.socket().receive(until.left())) {
    if (next->kind == opcode::text) ++offers_to_hanging;
    if (next->kind == opcode::close) break;
  }
  EXPECT_EQ(offers_to_hanging, 0U);
  EXPECT_TRUE(hanging.socket().await_end().tcp_closed);
  EXPECT_EQ(server.peers_of(swarm), 2);
  EXPECT_TRUE(eventually([&] { return server.stats().at("connections") == 2; }));
}

TEST_P(Identity, NoMembershipIsOfferedToItsOwnPeerId) {
  tracker server{cores()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client older{server.plain()};
  tracker_client newer{server.plain()};
  older.announce({.swarm = swarm, .peer = peer});
  newer.announce({.swarm = swarm, .peer = peer});

  older.announce({.swarm = swarm, .peer = peer, .event = "", .offers = some_offers("a", 5)});
  newer.announce({.swarm = swarm, .peer = peer, .event = "", .offers = some_offers("b", 5)});

  EXPECT_THAT(older.drain(swarm), IsEmpty());
  EXPECT_THAT(newer.drain(swarm), IsEmpty());
}

TEST_P(Identity, StoppedWorksOnlyFromTheOwningConnection) {
  tracker server{cores()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client owner{server.plain()};
  tracker_client intruder{server.plain()};
  owner.announce({.swarm = swarm, .peer = peer});

  auto const reply = intruder.announce({.swarm = swarm, .peer = peer, .event = "stopped"});

  EXPECT_EQ(reply.number("incomplete"), 1);
  intruder.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("i", 1)});
  EXPECT_THAT(offers_among(owner.drain(swarm)), SizeIs(1));
}

TEST_P(Identity, ClosingTheNewerConnectionKeepsTheOlderMembership) {
  tracker server{cores()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client older{server.plain()};
  older.announce({.swarm = swarm, .peer = peer});
  {
    tracker_client newer{server.plain()};
    newer.announce({.swarm = swarm, .peer = peer});
    ASSERT_TRUE(eventually([&] {
      older.pump();
      return server.peers_of(swarm) == 2;
    }));
  }
  ASSERT_TRUE(eventually([&] { return server.peers_of(swarm) == 1; }));

  tracker_client other{server.plain()};
  other.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("o", 1)});
  EXPECT_THAT(offers_among(older.drain(swarm)), SizeIs(1));
}

WAGGLE_ON_ONE_AND_TWO_CORES(Identity);

}  // namespace
}  // namespace waggle::test

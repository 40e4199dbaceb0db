// SPDX-License-Identifier: Apache-2.0
// How long memberships and swarms last: rules 9 and 12 of the WebTorrent dialect, over sockets that
// stay open or end.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::SizeIs;

class Membership : public CoresTest {};

// Never less than 2.5 intervals, so these tests make the interval a second.
std::vector<std::string> const short_lives{
    "webtorrent.interval_min=1s", "webtorrent.interval_max=1s", "webtorrent.interval_other=1s",
    "swarm.member_ttl=500ms"};

std::vector<std::string> plus(std::vector<std::string> list, std::string const& more) {
  list.push_back(more);
  return list;
}

TEST_P(Membership, AgesOutOnALiveSocket) {
  tracker server{
      cores(plus(plus(short_lives, "swarm.member_ttl_passive=500ms"), "session.ping_after=200ms"))};
  std::vector<tracker_client> clients;
  clients.emplace_back(server.plain());
  auto& client = clients.front();
  auto const swarm = fresh_swarm();
  client.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("m", 1)});
  ASSERT_EQ(server.peers_of(swarm), 1);

  EXPECT_TRUE(pump_until(clients, [&] { return server.peers_of(swarm) == 0; }));

  EXPECT_FALSE(client.socket().tcp_closed());
  EXPECT_GT(client.socket().pings_seen(), 0U);
  EXPECT_EQ(client.announce({.swarm = swarm, .peer = fresh_peer()}).number("incomplete"), 1);
}

TEST_P(Membership, IsKeptByAnnouncing) {
  // Whoever sent an offer lasts 4 s here, the one that announces again and again 2.5 s.
  tracker server{cores({"webtorrent.interval_min=1s", "webtorrent.interval_max=1s",
                        "webtorrent.interval_other=1s", "swarm.member_ttl=4s",
                        "swarm.member_ttl_passive=500ms"})};
  tracker_client keeping{server.plain()};
  tracker_client leaving{server.plain()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  keeping.announce({.swarm = swarm, .peer = peer, .left = 0});
  leaving.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("k", 1)});
  keeping.drain(swarm);

  // A membership that was made anew would not know that it is a seeder.
  EXPECT_TRUE(eventually([&] {
    EXPECT_EQ(keeping.announce({.swarm = swarm, .peer = peer, .event = ""}).number("complete"), 1);
    return server.peers_of(swarm) == 1 || HasFailure();
  }));
  EXPECT_EQ(keeping.announce({.swarm = swarm, .peer = peer, .event = ""}).number("complete"), 1);
}

TEST_P(Membership, OfAPassivePeerLastsLonger) {
  tracker server{cores(plus(short_lives, "swarm.member_ttl_passive=60s"))};
  tracker_client active{server.plain()};
  tracker_client passive{server.plain()};
  auto const swarm = fresh_swarm();
  passive.announce({.swarm = swarm, .peer = fresh_peer()});
  active.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("a", 1)});

  ASSERT_TRUE(eventually([&] { return server.peers_of(swarm) == 1; }));

  passive.drain(swarm);
  active.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("b", 1)});
  EXPECT_THAT(offers_among(passive.drain(swarm)), SizeIs(1)) << "the passive one is still there";
}

TEST_P(Membership, PastTheLimitIsServedButNotRemembered) {
  tracker server{cores({"swarm.members_max=2"})};
  std::vector<tracker_client> members;
  auto const swarm = fresh_swarm();
  for (int i = 0; i < 2; ++i) {
    members.emplace_back(server.plain());
    members.back().announce({.swarm = swarm, .peer = fresh_peer()});
  }
  tracker_client third{server.plain()};

  auto const reply =
      third.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("t", 2)});

  EXPECT_EQ(reply.number("incomplete"), 2);
  for (auto& member : members) EXPECT_THAT(offers_among(member.drain(swarm)), SizeIs(1));
  EXPECT_EQ(server.peers_of(swarm), 2);
}

TEST_P(Membership, EndsWithTheConnection) {
  tracker server{cores()};
  std::vector<std::string> swarms;
  for (int i = 0; i < 10; ++i) swarms.push_back(fresh_swarm());
  {
    std::vector<tracker_client> clients;
    for (std::size_t i = 0; i < 20; ++i) {
      clients.emplace_back(server.plain());
      for (std::size_t of = 0; of < 3; ++of)
        clients.back().announce({.swarm = swarms[(i + of) % 10], .peer = fresh_peer()});
    }
    ASSERT_TRUE(eventually([&] { return server.stats().at("peers") == 60; }));
    EXPECT_EQ(server.stats().at("connections"), 20);
    clients.front().socket().send_close(1000);
    EXPECT_TRUE(clients.front().socket().await_end().tcp_closed);
    clients.back().socket().transport().reset();
    ASSERT_TRUE(eventually([&] { return server.stats().at("peers") == 54; }));
  }

  EXPECT_TRUE(eventually([&] {
    auto const now = server.stats();
    return now.at("peers") == 0 && now.at("swarms") == 0 && now.at("seeders") == 0 &&
           now.at("connections") == 0;
  })) << server.stats();
}

WAGGLE_ON_ONE_AND_TWO_CORES(Membership);

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Announces and their replies: rules 1, 5, 6, 11 and 14 of the WebTorrent dialect.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

class Announce : public CoresTest {};

TEST_P(Announce, GetsOneReplyWithAllFields) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();

  auto const reply = client.announce({.swarm = swarm, .peer = fresh_peer()});

  EXPECT_EQ(reply.string("action"), "announce");
  EXPECT_EQ(reply.string("info_hash"), swarm);
  EXPECT_TRUE(reply.fields["interval"].is_number_integer());
  EXPECT_EQ(reply.number("complete"), 0);
  EXPECT_EQ(reply.number("incomplete"), 1);
  EXPECT_THAT(client.drain(swarm), IsEmpty()) << "more than one reply";
}

TEST_P(Announce, EveryEventGetsOneReply) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  for (std::string const event : {"started", "", "update", "empty", "paused", "completed"}) {
    SCOPED_TRACE(event);
    client.announce({.swarm = swarm, .peer = peer, .event = event});
    EXPECT_THAT(client.drain(swarm), IsEmpty());
  }
}

TEST_P(Announce, StoppedGetsOneReply) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  client.announce({.swarm = swarm, .peer = peer});

  auto const reply = client.announce({.swarm = swarm, .peer = peer, .event = "stopped"});

  EXPECT_EQ(reply.string("info_hash"), swarm);
  EXPECT_EQ(reply.number("incomplete"), 0);
  EXPECT_GT(reply.number("interval"), 0);
  EXPECT_THAT(client.drain(swarm), IsEmpty());
  EXPECT_TRUE(eventually([&] { return server.peers_of(swarm) == 0; }));
}

TEST_P(Announce, StoppedWithoutAMembershipGetsOneReply) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();

  auto const reply = client.announce({.swarm = swarm, .peer = fresh_peer(), .event = "stopped"});

  EXPECT_EQ(reply.number("incomplete"), 0);
  EXPECT_THAT(client.drain(swarm), IsEmpty());
}

TEST_P(Announce, ReplyComesBeforeTheOffersOfOthers) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  client.announce({.swarm = swarm, .peer = fresh_peer()});

  // The offer goes to the other peer of this socket; announce() insists on the reply being first.
  client.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("b", 1)});

  EXPECT_THAT(offers_among(client.drain(swarm)), SizeIs(1));
}

TEST_P(Announce, LeftZeroMakesASeederAndLeftMoreALeecherAgain) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  struct {
    std::string event;
    std::optional<std::int64_t> left;
    int seeders;
  } const steps[] = {{"started", 100, 0},   {"", 0, 1},           {"", 5, 0},           {"", 0, 1},
                     {"", std::nullopt, 1}, {"", -1, 1},          {"", 7, 0},           {"", -1, 0},
                     {"", std::nullopt, 0}, {"completed", {}, 1}, {"", std::nullopt, 1}};
  for (auto const& [event, left, seeders] : steps) {
    SCOPED_TRACE(event + " left " + (left ? std::to_string(*left) : "absent"));
    auto const reply =
        client.announce({.swarm = swarm, .peer = peer, .event = event, .left = left});
    EXPECT_EQ(reply.number("complete"), seeders);
    EXPECT_EQ(reply.number("incomplete"), 1 - seeders);
  }
}

TEST_P(Announce, LeftNullKeepsALeecherALeecher) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto message = json::parse(announce_message({.swarm = fresh_swarm(), .peer = fresh_peer()}));
  message["left"] = nullptr;

  client.send(message.dump());

  EXPECT_EQ(client.receive().number("complete"), 0);
}

TEST_P(Announce, SeedersReceiveOffersToo) {
  tracker server{cores()};
  tracker_client seeder{server.plain()};
  tracker_client leecher{server.plain()};
  auto const swarm = fresh_swarm();
  seeder.announce({.swarm = swarm, .peer = fresh_peer(), .left = 0});

  leecher.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("l", 1)});

  EXPECT_THAT(offers_among(seeder.drain(swarm)), SizeIs(1));
}

TEST_P(Announce, RelaysAsManyOffersAsWantedAndThereArePeers) {
  tracker server{cores({"webtorrent.offers_max=4"})};
  std::vector<tracker_client> others;
  auto const swarm = fresh_swarm();
  for (int i = 0; i < 6; ++i) {
    others.emplace_back(server.plain());
    others.back().announce({.swarm = swarm, .peer = fresh_peer()});
  }
  tracker_client client{server.plain()};
  auto const peer = fresh_peer();
  struct {
    std::optional<std::int64_t> numwant;
    std::size_t offers;
    std::size_t relayed;
  } const cases[] = {{{}, 3, 3},  {2, 3, 2},   {0, 3, 0}, {50, 3, 3},
                     {50, 10, 4}, {{}, 10, 4}, {-1, 2, 2}};
  for (auto const& [numwant, offers, relayed] : cases) {
    SCOPED_TRACE("numwant " + (numwant ? std::to_string(*numwant) : "absent") + " offers " +
                 std::to_string(offers));
    client.announce({.swarm = swarm,
                     .peer = peer,
                     .event = "",
                     .numwant = numwant,
                     .offers = some_offers("n" + std::to_string(offers), offers)});
    std::size_t received = 0;
    for (auto& other : others) {
      auto const got = offers_among(other.drain(swarm)).size();
      EXPECT_LE(got, 1U) << "a peer needs one offer";
      received += got;
    }
    EXPECT_EQ(received, relayed);
  }
}

TEST_P(Announce, OfANewcomerAloneRelaysNothingToItself) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();

  client.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("x", 5)});

  EXPECT_THAT(client.drain(swarm), IsEmpty());
}

TEST(Interval, IsConstantPerConnectionAndWithinItsBounds) {
  tracker server;
  for (int i = 0; i < 10; ++i) {
    tracker_client client{server.plain()};
    auto const interval =
        client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("interval");
    EXPECT_THAT(interval, AllOf(Ge(54), Le(60)));
    for (int again = 0; again < 5; ++again) {
      auto const peer = again % 2 == 0 ? fresh_peer() : fresh_dashless_peer();
      EXPECT_EQ(client.announce({.swarm = fresh_swarm(), .peer = peer}).number("interval"),
                interval);
    }
  }
}

TEST(Interval, IsShorterWhereThePeerIdDoesNotBeginWithADash) {
  tracker server;
  tracker_client client{server.plain()};

  auto const first = client.announce({.swarm = fresh_swarm(), .peer = fresh_dashless_peer()});
  auto const second = client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  EXPECT_EQ(first.number("interval"), 20);
  EXPECT_EQ(second.number("interval"), 20) << "fixed at the first announce";
}

TEST(Interval, FollowsTheSettings) {
  tracker server{{.settings = {"webtorrent.interval_min=31s", "webtorrent.interval_max=31s",
                               "webtorrent.interval_other=7s"}}};
  tracker_client dashed{server.plain()};
  tracker_client dashless{server.plain()};

  EXPECT_EQ(dashed.announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("interval"), 31);
  EXPECT_EQ(
      dashless.announce({.swarm = fresh_swarm(), .peer = fresh_dashless_peer()}).number("interval"),
      7);
}

TEST(Announce, Ipv4AndIpv6ViewersShareASwarm) {
  tracker server{{.arguments = {"--listen", "[::1]:0"}}};
  tracker_client v4{server.process().plain(0)};
  tracker_client v6{server.process().plain(1)};
  auto const swarm = fresh_swarm();
  v4.announce({.swarm = swarm, .peer = fresh_peer()});

  auto const reply =
      v6.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("6", 1)});

  EXPECT_EQ(reply.number("incomplete"), 2);
  EXPECT_THAT(offers_among(v4.drain(swarm)), SizeIs(1));
}

WAGGLE_ON_ONE_AND_TWO_CORES(Announce);

}  // namespace
}  // namespace waggle::test

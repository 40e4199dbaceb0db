// SPDX-License-Identifier: Apache-2.0
// What a tracker conversation tells operators of its client.
#include "tests/unit/server/session/talking_client.hpp"

namespace waggle::test {
namespace {

/// An offer of somebody for peer 1 in swarm 1.
offer_delivery offered(peer_id const& to = peer(1)) {
  return {.swarm = swarm(1),
          .from = peer(9),
          .to = to,
          .offer_id = {"\"offer0\""},
          .body = {R"({"sdp":"x"})"}};
}

json answer_text() {
  return {{"action", "announce"},       {"info_hash", swarm_text(1)}, {"peer_id", peer_text(1)},
          {"to_peer_id", peer_text(9)}, {"answer", {{"sdp", "x"}}},   {"offer_id", "offer0"}};
}

TEST(TrackerFacts, NameTheClientAndItsDialect) {
  talking_client client;
  EXPECT_EQ(client.talk->facts().memberships, 0U);
  EXPECT_EQ(client.talk->facts().speaks_as, std::nullopt);

  client.announces({.swarm = 1});
  client.announces({.swarm = 2});

  EXPECT_EQ(client.talk->facts().memberships, 2U);
  EXPECT_EQ(client.talk->facts().speaks_as, peer(1));
  EXPECT_EQ(client.talk->facts().dialect, "webtorrent");
}

TEST(TrackerFacts, TellSinceWhenAMembershipIsThereAndWhenItLastAnnounced) {
  talking_client client;
  client.now = 1000s;
  client.announces();
  client.now = 1060s;
  client.announces();

  auto const facts = client.talk->facts_of(swarm(1), peer(1));

  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->joined, 1000s);
  EXPECT_EQ(facts->announced, 1060s);
}

TEST(TrackerFacts, CountTheOffersOfAMembershipAndItsAnswersToThem) {
  talking_client client;
  client.announces();
  client.announces({.peer = peer_text(2)});
  client.says(answer_text().dump());  // to nothing
  client.shard_says(offered());
  client.shard_says(offered());
  client.shard_says(offered(peer(2)));
  client.says(answer_text().dump());

  auto const facts = client.talk->facts_of(swarm(1), peer(1));
  auto const other = client.talk->facts_of(swarm(1), peer(2));

  ASSERT_TRUE(facts && other);
  EXPECT_EQ(facts->offers_received, 2U);
  EXPECT_EQ(facts->offers_answered, 1U);
  EXPECT_EQ(other->offers_received, 1U);
  EXPECT_EQ(other->offers_answered, 0U);
}

TEST(TrackerFacts, KnowNothingOfWhoIsNotThere) {
  talking_client client;
  client.announces();
  client.announces({.swarm = 2});
  client.announces({.more = {{"event", "stopped"}}});

  EXPECT_FALSE(client.talk->facts_of(swarm(1), peer(1)));
  EXPECT_FALSE(client.talk->facts_of(swarm(2), peer(2)));
  EXPECT_TRUE(client.talk->facts_of(swarm(2), peer(1)));
}

}  // namespace
}  // namespace waggle::test

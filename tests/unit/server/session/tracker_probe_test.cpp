// SPDX-License-Identifier: Apache-2.0
// A peer that announces from a second connection: the first one has to show life or go.
#include "tests/unit/server/session/talking_client.hpp"

namespace waggle::test {
namespace {

using websocket::close_code;
using request = conversation::request;

TEST(TrackerProbe, AsksForAPingAndReportsTheFirstSignOfLife) {
  talking_client client{{}, /*cores=*/4};
  client.announces();
  client.shards.all.clear();

  EXPECT_TRUE(client.shard_says(probe_message{swarm(1), peer(1)}).empty());
  EXPECT_EQ(client.request, request::ping);
  EXPECT_EQ(client.talk->next_deadline(), client.now + 10s);
  client.now += 1s;
  client.talk->on_life(client.now);

  auto const sent = client.sent<alive_message>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].first.from, client.self);
  EXPECT_EQ(sent[0].first.swarm, swarm(1));
  EXPECT_EQ(sent[0].first.peer, peer(1));
  EXPECT_EQ(sent[0].second.core, client.scope.where.core_of(swarm(1)));
  EXPECT_EQ(client.talk->next_deadline(), core_time::max());
  client.talk->on_life(client.now);
  EXPECT_TRUE(client.sent<alive_message>().empty()) << "one probe, one report";
}

TEST(TrackerProbe, ClosesAsReplacedWhenNothingComes) {
  talking_client client;
  client.announces();
  client.shard_says(probe_message{swarm(1), peer(1)});
  auto const deadline = client.talk->next_deadline();

  EXPECT_EQ(client.talk->on_tick(deadline - 1ms), std::nullopt);
  EXPECT_EQ(client.talk->on_tick(deadline), close_code::replaced);
}

TEST(TrackerProbe, WithoutOneNothingEverCloses) {
  talking_client client;
  client.announces();

  EXPECT_EQ(client.talk->next_deadline(), core_time::max());
  EXPECT_EQ(client.talk->on_tick(client.now + 24h), std::nullopt);
}

TEST(TrackerProbe, ASecondOneDoesNotPutTheDeadlineOff) {
  talking_client client;
  client.announces();
  client.shard_says(probe_message{swarm(1), peer(1)});
  auto const deadline = client.talk->next_deadline();
  client.now += 5s;

  client.shard_says(probe_message{swarm(1), peer(1)});

  EXPECT_EQ(client.talk->next_deadline(), deadline);
  client.shards.all.clear();
  client.talk->on_life(client.now);
  EXPECT_EQ(client.sent<alive_message>().size(), 1U);
}

TEST(TrackerProbe, TheOldestOfSeveralCounts) {
  talking_client client;
  client.announces({.swarm = 1});
  client.announces({.swarm = 2});
  client.shard_says(probe_message{swarm(2), peer(1)});
  auto const first = client.now;
  client.now += 5s;
  client.shard_says(probe_message{swarm(1), peer(1)});

  EXPECT_EQ(client.talk->next_deadline(), first + 10s);
  client.announces({.swarm = 2, .more = {{"event", "stopped"}}});
  EXPECT_EQ(client.talk->next_deadline(), first + 15s) << "a stopped membership is not probed";
  client.shards.all.clear();
  client.talk->on_life(client.now);
  EXPECT_EQ(client.sent<alive_message>().size(), 1U);
}

TEST(TrackerProbe, OfAMembershipThatIsGoneSetsNoDeadline) {
  talking_client client;
  client.announces();
  client.announces({.more = {{"event", "stopped"}}});

  client.shard_says(probe_message{swarm(1), peer(1)});

  EXPECT_EQ(client.talk->next_deadline(), core_time::max());
}

TEST(TrackerProbe, IsOverWhenTheMembershipExpires) {
  talking_client client;
  client.announces();
  client.now += 149s;
  client.shard_says(probe_message{swarm(1), peer(1)});
  client.now += 1s;

  client.shard_says(expiry_message{swarm(1), peer(1)});

  EXPECT_EQ(client.talk->next_deadline(), core_time::max());
}

}  // namespace
}  // namespace waggle::test

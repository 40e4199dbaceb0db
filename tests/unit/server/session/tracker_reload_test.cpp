// SPDX-License-Identifier: Apache-2.0
// Conversations that were there before a reload: they go by the new limits and rules from their
// next message on, and what was promised before is kept.
#include "tests/unit/server/session/talking_client.hpp"

namespace waggle::test {
namespace {

std::chrono::seconds interval_told(talking_client& client, announce_text const& what = {}) {
  client.announces(what);
  auto const heard = client.shard_says(reply_message{.swarm = swarm(what.swarm), .counts = {}});
  return std::chrono::seconds{heard.at(0).at("interval").get<std::int64_t>()};
}

TEST(TrackerReload, GivesAnOpenConnectionAnIntervalOfTheNewRange) {
  talking_client client;
  EXPECT_LE(interval_told(client), 60s);

  client.scope.use({.interval_min = 300s, .interval_max = 310s});

  auto const told = interval_told(client);
  EXPECT_GE(told, 300s);
  EXPECT_LE(told, 310s);
  EXPECT_EQ(interval_told(client), told) << "one for the connection, until the next change";
}

TEST(TrackerReload, LeavesTheIntervalAloneWhereTheRangeIsTheSame) {
  tracker_limits limits{.interval_min = 100s, .interval_max = 10'000s};
  talking_client client{limits};
  auto const told = interval_told(client);

  for (int i = 0; i < 5; ++i) {
    ++limits.scrapes_max;
    client.scope.use(limits);
    EXPECT_EQ(interval_told(client), told);
  }
}

TEST(TrackerReload, EndsAMembershipThatIsDeniedNowWithItsNextAnnounce) {
  talking_client client;
  client.announces();
  client.announces({.swarm = 2});
  client.shards.all.clear();

  client.use(all_but({hash(1)}));
  EXPECT_TRUE(client.shards.all.empty()) << "nobody is put out meanwhile";
  auto const refused = client.announces();

  EXPECT_EQ(refused.at(0).at("incomplete"), 0);
  EXPECT_TRUE(refused.at(0).contains("warning message"));
  auto const left = client.sent<leave_message>();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].first.from, client.self);
  EXPECT_EQ(left[0].first.swarm, swarm(1));
  EXPECT_EQ(left[0].first.peer, peer(1));
  client.announces();
  EXPECT_TRUE(client.sent<leave_message>().empty()) << "once";
  client.talk->on_close(conversation::ending::over);
  ASSERT_EQ(client.sent<leave_message>().size(), 1U) << "of the swarm that is served still";
}

TEST(TrackerReload, ServesASwarmThatIsAllowedAgain) {
  talking_client client{{}, 1, all_but({hash(1)})};
  client.announces();
  ASSERT_TRUE(client.sent<announce_message>().empty());

  client.use({});
  client.announces();

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_LE(sent[0].first.interval, 60s) << "not the one of a connection that nobody serves";
}

TEST(TrackerReload, ClosesByTheShorterDeadlineOfTwoProbes) {
  talking_client client;
  client.announces();
  client.announces({.swarm = 2});
  client.shard_says(probe_message{swarm(1), peer(1)});

  client.scope.use({.probe_deadline = 1s});
  client.shard_says(probe_message{swarm(2), peer(1)});

  EXPECT_EQ(client.talk->next_deadline(), client.now + 1s);
}

// The shard gave it the deadline of its last announce, by the shorter time of then.
TEST(TrackerReload, ForgetsAMembershipThatEndsByTheOldTime) {
  tracker_limits limits{.memberships_max = 1, .member_ttl = 100s};
  talking_client client{limits};
  client.announces();
  limits.member_ttl = 1h;
  client.scope.use(limits);

  client.now += 100s;
  client.shard_says(expiry_message{swarm(1), peer(1)});

  client.shards.all.clear();
  client.announces({.swarm = 2});
  EXPECT_TRUE(client.sent<announce_message>().at(0).first.remember) << "its place is free";
}

TEST(TrackerReload, HasOneMoreMembershipOnceThatIsAllowed) {
  talking_client client{{.memberships_max = 1}};
  client.announces();
  client.announces({.swarm = 2});
  client.scope.use({.memberships_max = 2});
  client.announces({.swarm = 2});

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_FALSE(sent[1].first.remember);
  EXPECT_TRUE(sent[2].first.remember);
}

TEST(TrackerReload, DecodesTheNextMessageByTheNewDialect) {
  talking_client client;
  auto const offers = json{{"offers", offers_json(3)}};
  client.announces({.more = offers});
  auto const other = make_webtorrent({.offers_max = 1});

  client.scope.speech = other.get();
  client.announces({.more = offers});

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].second.offers.size(), 3U);
  EXPECT_EQ(sent[1].second.offers.size(), 1U);
}

}  // namespace
}  // namespace waggle::test

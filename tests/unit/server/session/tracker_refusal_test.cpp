// SPDX-License-Identifier: Apache-2.0
// Swarms that are not served here: the quiet way, and the loud one.
#include "tests/unit/server/session/talking_client.hpp"

namespace waggle::test {
namespace {

TEST(TrackerRefusal, QuietlyRepliesWithNobodyThereAndWarnsOnce) {
  talking_client client{{}, 1, all_but({hash(1), hash(2)})};

  auto const first = client.announces({.more = {{"offers", offers_json(2)}}});
  auto const second = client.announces();
  auto const other = client.announces({.swarm = 2});

  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].at("info_hash"), swarm_text(1));
  EXPECT_EQ(first[0].at("complete"), 0);
  EXPECT_EQ(first[0].at("incomplete"), 0);
  EXPECT_EQ(first[0].at("interval"), 1800);
  EXPECT_EQ(first[0].at("warning message"), reason(errc::swarm_denied));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_FALSE(second[0].contains("warning message"));
  EXPECT_EQ(second[0].at("interval"), 1800);
  EXPECT_TRUE(other.at(0).contains("warning message"));
  EXPECT_TRUE(client.shards.all.empty());
  EXPECT_EQ(client.scope.counts.denied, 3U);
}

// The interval of WebTorrent clients is one for the whole connection: the long one would let the
// memberships in other swarms expire.
TEST(TrackerRefusal, KeepsTheIntervalShortForTheSwarmsThatAreServed) {
  talking_client client{{}, 1, all_but({hash(1)})};
  client.announces({.swarm = 2});
  auto const interval = client.sent<announce_message>().at(0).first.interval;

  auto const refused = client.announces({.swarm = 1});

  EXPECT_EQ(std::chrono::seconds{refused.at(0).at("interval").get<std::int64_t>()}, interval);
}

TEST(TrackerRefusal, LeavesNothingAtTheEnd) {
  talking_client client{{}, 1, all_but({hash(1)})};
  client.announces();

  client.talk->on_close(conversation::ending::over);

  EXPECT_TRUE(client.shards.all.empty());
}

TEST(TrackerRefusal, FailsOnceAndIsSilentThen) {
  talking_client client{{}, 1, all_but({hash(1), hash(2)}, {.mode = refusal_mode::failure})};

  auto const first = client.announces();
  auto const second = client.announces();
  auto const other = client.announces({.swarm = 2});

  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].at("failure reason"), reason(errc::swarm_denied));
  EXPECT_EQ(first[0].at("info_hash"), swarm_text(1));
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(other.size(), 1U);
  EXPECT_EQ(client.scope.counts.denied, 3U);
  EXPECT_EQ(client.scope.counts.failures[static_cast<std::size_t>(errc::swarm_denied)], 2U);
}

TEST(TrackerRefusal, SaysOfABanThatItIsOne) {
  auto const bans = std::make_shared<ban_list const>(ban_list::parts{.hashes = {hash(1)}});
  for (auto const mode : {refusal_mode::quiet, refusal_mode::failure}) {
    talking_client client{{}, 1, all_but({hash(1)}, {.mode = mode, .warning = "members only"})};
    client.scope.bans = bans;

    auto const heard = client.announces().at(0);

    auto const* const field = mode == refusal_mode::quiet ? "warning message" : "failure reason";
    EXPECT_EQ(heard.at(field), reason(errc::banned));
  }
}

TEST(TrackerRefusal, SaysWhatTheOperatorWrote) {
  talking_client client{
      {}, 1, all_but({hash(1)}, {.mode = refusal_mode::failure, .warning = "members only"})};

  auto const heard = client.announces();

  EXPECT_EQ(heard.at(0).at("failure reason"), "members only");
  EXPECT_EQ(client.scope.counts.failures[0], 1U);
}

TEST(TrackerRefusal, RemembersABoundedNumberOfWarnings) {
  std::vector<info_hash> denied;
  for (int i = 0; i < 100; ++i) denied.push_back(hash(i));
  talking_client client{{}, 1, all_but(denied)};

  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(client.announces({.swarm = i}).at(0).contains("warning message"));
  }

  EXPECT_FALSE(client.announces({.swarm = 99}).at(0).contains("warning message"));
  EXPECT_TRUE(client.announces({.swarm = 0}).at(0).contains("warning message"));
}

TEST(TrackerRefusal, AnAllowListServesWhatItNamesOnly) {
  talking_client client{{}, 1, {.access = access_policy{access_mode::allow, {hash(7)}}}};

  EXPECT_EQ(client.announces({.swarm = 1}).size(), 1U);
  EXPECT_TRUE(client.announces({.swarm = 7}).empty());
  EXPECT_EQ(client.sent<announce_message>().size(), 1U);
}

}  // namespace
}  // namespace waggle::test

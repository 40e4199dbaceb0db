// SPDX-License-Identifier: Apache-2.0
// Announces and answers on their way to the shards, and what is kept to be undone.
#include "tests/unit/server/session/talking_client.hpp"

#include <set>

namespace waggle::test {
namespace {

using websocket::close_code;

std::chrono::seconds interval_of(json const& reply) {
  return std::chrono::seconds{reply.at("interval").get<std::int64_t>()};
}

TEST(TrackerConversation, SendsAnAnnounceToTheShardAndTheReplyToTheClient) {
  talking_client client;

  EXPECT_TRUE(client.announces({.more = {{"left", 0}, {"event", "started"}}}).empty());

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 1U);
  auto const& what = sent[0].first;
  EXPECT_EQ(what.from, client.self);
  EXPECT_EQ(what.swarm, swarm(1));
  EXPECT_EQ(what.peer, peer(1));
  EXPECT_EQ(what.event, announce_event::started);
  EXPECT_EQ(what.state, completeness::complete);
  EXPECT_TRUE(what.remember);
  EXPECT_TRUE(what.passive);

  auto const heard = client.shard_says(
      reply_message{.swarm = swarm(1), .counts = {.complete = 3, .incomplete = 4}});
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].at("info_hash"), swarm_text(1));
  EXPECT_EQ(heard[0].at("complete"), 3);
  EXPECT_EQ(heard[0].at("incomplete"), 4);
  EXPECT_EQ(interval_of(heard[0]), what.interval);
  EXPECT_FALSE(heard[0].contains("warning message"));
}

TEST(TrackerConversation, TellsHowCompleteThePeerIs) {
  talking_client client;

  client.announces();
  client.announces({.more = {{"left", 5}}});
  client.announces({.more = {{"left", 0}}});

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].first.state, completeness::unknown);
  EXPECT_EQ(sent[1].first.state, completeness::incomplete);
  EXPECT_EQ(sent[2].first.state, completeness::complete);
}

TEST(TrackerConversation, FixesTheIntervalAtTheFirstAnnounceWithinItsBounds) {
  talking_client client;
  std::set<std::chrono::milliseconds> seen;
  for (int connection = 0; connection < 200; ++connection) {
    client.reconnect();
    for (int i = 1; i < 4; ++i) client.announces({.swarm = i});
    client.announces({.swarm = 1, .peer = peer_text(1, "Trystero-")});

    auto const sent = client.sent<announce_message>();
    for (auto const& [what, kept] : sent) EXPECT_EQ(what.interval, sent[0].first.interval);
    seen.insert(sent[0].first.interval);
  }

  EXPECT_EQ(*seen.begin(), 54s);
  EXPECT_EQ(*seen.rbegin(), 60s);
  EXPECT_EQ(seen.size(), 7U);
}

TEST(TrackerConversation, AsksOtherClientsToComeBackSooner) {
  talking_client client;

  client.announces({.peer = peer_text(1, "Trystero-")});
  client.announces({.peer = peer_text(1)});

  auto const sent = client.sent<announce_message>();
  EXPECT_EQ(sent.at(0).first.interval, 20s);
  EXPECT_EQ(sent.at(1).first.interval, 20s);
}

TEST(TrackerConversation, PassesOffersOnWithTheTagOfTheirId) {
  talking_client client;

  client.announces({.more = {{"offers", offers_json(2)}, {"numwant", 5}}});

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_FALSE(sent[0].first.passive);
  auto const seed = client.scope.where.seed;
  EXPECT_EQ(sent[0].second.offers,
            std::vector<kept_offer>(
                {{tag_of(seed, "offer0"), "\"offer0\"", R"({"sdp":"0","type":"offer"})"},
                 {tag_of(seed, "offer1"), "\"offer1\"", R"({"sdp":"1","type":"offer"})"}}));
}

TEST(TrackerConversation, RelaysNoMoreOffersThanTheClientWants) {
  talking_client client;

  client.announces({.more = {{"offers", offers_json(5)}, {"numwant", 2}}});
  client.announces({.more = {{"offers", offers_json(5)}, {"numwant", 0}}});
  client.announces({.more = {{"offers", offers_json(5)}}});
  client.announces({.more = {{"offers", offers_json(5)}, {"numwant", 1'000'000'000'000}}});

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0].second.offers.size(), 2U);
  EXPECT_EQ(sent[1].second.offers.size(), 0U);
  EXPECT_FALSE(sent[1].first.passive) << "it has offers, it only does not want them relayed";
  EXPECT_EQ(sent[2].second.offers.size(), 5U);
  EXPECT_EQ(sent[3].second.offers.size(), 5U);
}

TEST(TrackerConversation, TagsAnAnswerLikeTheOfferItAnswers) {
  talking_client client;
  json const answer{{"action", "announce"},     {"info_hash", swarm_text(1)},
                    {"peer_id", peer_text(2)},  {"to_peer_id", peer_text(1)},
                    {"answer", {{"sdp", "x"}}}, {"offer_id", "offer0"}};

  EXPECT_TRUE(client.says(answer.dump()).empty());

  auto const sent = client.sent<answer_message>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].first.from, client.self);
  EXPECT_EQ(sent[0].first.peer, peer(2));
  EXPECT_EQ(sent[0].first.to, peer(1));
  EXPECT_EQ(sent[0].second.offers,
            std::vector<kept_offer>(
                {{tag_of(client.scope.where.seed, "offer0"), "\"offer0\"", R"({"sdp":"x"})"}}));
  EXPECT_EQ(client.scope.counts.answers, 1U);
  client.talk->on_close(conversation::ending::over);
  EXPECT_TRUE(client.sent<leave_message>().empty()) << "an answer is no membership";
}

TEST(TrackerConversation, TellsOffersAndAnswersToTheClient) {
  talking_client client;

  auto const offer = client.shard_says(offer_delivery{.swarm = swarm(1),
                                                      .from = peer(2),
                                                      .to = peer(1),
                                                      .offer_id = {"\"id\""},
                                                      .body = {R"({"sdp":"o"})"}});
  auto const answer = client.shard_says(answer_delivery{
      .swarm = swarm(1), .from = peer(3), .offer_id = {"\"id2\""}, .body = {R"({"sdp":"a"})"}});

  EXPECT_EQ(offer.at(0), json({{"action", "announce"},
                               {"offer", {{"sdp", "o"}}},
                               {"offer_id", "id"},
                               {"peer_id", peer_text(2)},
                               {"info_hash", swarm_text(1)}}));
  EXPECT_EQ(answer.at(0), json({{"action", "announce"},
                                {"answer", {{"sdp", "a"}}},
                                {"offer_id", "id2"},
                                {"peer_id", peer_text(3)},
                                {"info_hash", swarm_text(1)}}));
}

/// (core, swarm, peer) of the leaves that were sent.
std::multiset<std::tuple<std::uint16_t, swarm_id, peer_id>> leaves(talking_client& client) {
  std::multiset<std::tuple<std::uint16_t, swarm_id, peer_id>> found;
  for (auto const& [what, kept] : client.sent<leave_message>()) {
    EXPECT_EQ(what.from, client.self);
    found.insert({kept.core, what.swarm, what.peer});
  }
  return found;
}

TEST(TrackerConversation, LeavesEveryMembershipWhenTheConnectionEnds) {
  talking_client client{{}, /*cores=*/4};
  auto const where = client.scope.where;
  for (int i = 1; i <= 20; ++i) client.announces({.swarm = i});
  client.announces({.swarm = 1});
  client.announces({.swarm = 1, .peer = peer_text(2)});
  for (auto const& [what, kept] : client.sent<announce_message>()) {
    EXPECT_EQ(kept.core, where.core_of(what.swarm));
  }

  client.talk->on_close(conversation::ending::over);

  std::multiset<std::tuple<std::uint16_t, swarm_id, peer_id>> expected;
  for (int i = 1; i <= 20; ++i) expected.insert({where.core_of(swarm(i)), swarm(i), peer(1)});
  expected.insert({where.core_of(swarm(1)), swarm(1), peer(2)});
  EXPECT_EQ(leaves(client), expected);
}

TEST(TrackerConversation, ForgetsWhatTheClientStopped) {
  talking_client client;
  for (int i = 1; i <= 3; ++i) client.announces({.swarm = i});

  client.announces({.swarm = 2, .more = {{"event", "stopped"}}});

  EXPECT_FALSE(client.sent<announce_message>().back().first.remember);
  client.talk->on_close(conversation::ending::over);
  auto const left = leaves(client);
  EXPECT_EQ(left.size(), 2U);
  EXPECT_FALSE(left.contains({0, swarm(2), peer(1)}));
}

TEST(TrackerConversation, StoppingWhatItNeverJoinedIsHarmless) {
  talking_client client;
  client.announces({.swarm = 1});

  client.announces({.swarm = 2, .more = {{"event", "stopped"}}});
  client.talk->on_close(conversation::ending::over);

  EXPECT_EQ(leaves(client).size(), 1U);
}

TEST(TrackerConversation, AMessageCostsOneAndOneForEachOfferRelayed) {
  talking_client client;
  client.announces({.swarm = 1, .more = {{"offers", offers_json(10)}}});
  EXPECT_EQ(client.cost, 11U);
  client.announces({.swarm = 1, .more = {{"offers", offers_json(10)}, {"numwant", 4}}});
  EXPECT_EQ(client.cost, 5U);
  client.says("no JSON");
  EXPECT_EQ(client.cost, 1U);

  talking_client refused{{}, 1, {.access = access_policy{access_mode::allow, {}}}};
  refused.announces({.swarm = 1, .more = {{"offers", offers_json(10)}}});
  EXPECT_EQ(refused.cost, 1U) << "none of them went anywhere";
}

TEST(TrackerConversation, ServesButDoesNotRememberPastTheBound) {
  talking_client client{{.memberships_max = 2}};

  for (int i = 1; i <= 3; ++i) client.announces({.swarm = i});
  client.announces({.swarm = 1});
  client.announces({.swarm = 2, .more = {{"event", "stopped"}}});
  client.announces({.swarm = 3});

  std::vector<bool> remembered;
  for (auto const& [what, kept] : client.sent<announce_message>()) {
    remembered.push_back(what.remember);
  }
  EXPECT_EQ(remembered, std::vector({true, true, false, true, false, true}));
  client.talk->on_close(conversation::ending::over);
  EXPECT_EQ(leaves(client).size(), 2U);
}

TEST(TrackerConversation, LeavesNothingThatHasExpired) {
  talking_client client;
  client.announces({.swarm = 1});
  client.announces({.swarm = 2});
  client.now += 150s;

  EXPECT_TRUE(client.shard_says(expiry_message{swarm(1), peer(1)}).empty());

  client.talk->on_close(conversation::ending::over);
  EXPECT_EQ(leaves(client).size(), 1U);
}

TEST(TrackerConversation, AnAnnounceThatCrossesItsExpiryIsStillLeft) {
  talking_client client;
  client.announces({.swarm = 1});
  client.now += 150s;
  client.announces({.swarm = 1});
  client.now += 1s;

  client.shard_says(expiry_message{swarm(1), peer(1)});
  client.talk->on_close(conversation::ending::over);

  EXPECT_EQ(leaves(client).size(), 1U);
}

// What waits for a shard may vanish only if the shard cannot have heard of the membership.
TEST(TrackerConversation, TellsWhetherItHeldTheMembershipBefore) {
  talking_client client{{.memberships_max = 2}};
  auto const known = [&](announce_text const& what) {
    client.announces(what);
    auto const sent = client.sent<announce_message>();
    return sent.size() == 1 && sent[0].first.known;
  };
  announce_text const stopped{.more = {{"event", "stopped"}}};

  EXPECT_FALSE(known(stopped));
  EXPECT_FALSE(known({}));
  EXPECT_TRUE(known({}));
  EXPECT_FALSE(known({.swarm = 2}));
  EXPECT_FALSE(known({.swarm = 3})) << "past the limit it is not remembered";
  EXPECT_TRUE(known(stopped));
  EXPECT_FALSE(known(stopped));
  EXPECT_FALSE(known({}));
}

TEST(TrackerConversation, AnExpiryOfAnotherPeerChangesNothing) {
  talking_client client;
  client.announces();
  client.now += 150s;

  client.shard_says(expiry_message{swarm(1), peer(2)});
  client.shard_says(expiry_message{swarm(2), peer(1)});
  client.talk->on_close(conversation::ending::over);

  EXPECT_EQ(leaves(client).size(), 1U);
}

TEST(TrackerConversation, CountsAnnouncesByEvent) {
  talking_client client;

  client.announces();
  for (auto const* const event : {"started", "started", "completed", "stopped"}) {
    client.announces({.more = {{"event", event}}});
  }

  EXPECT_EQ(client.scope.counts.announces, (std::array<std::uint64_t, 4>{1, 2, 1, 1}));
}

struct bad_row {
  std::string text;
  errc code;
};

TEST(TrackerConversation, AnswersBadMessagesWithAFailureAndGoesOn) {
  std::vector<bad_row> const table{
      {"{", errc::not_json},
      {"[]", errc::not_an_object},
      {R"({"action":"dance"})", errc::bad_action},
      {R"({"action":"announce","info_hash":"short"})", errc::bad_info_hash},
      {announce_text{.peer = "short"}.text(), errc::bad_peer_id},
      {announce_text{.more = {{"event", "begun"}}}.text(), errc::bad_event},
      {announce_text{.more = {{"to_peer_id", 1}, {"answer", json::object()}}}.text(),
       errc::bad_to_peer_id}};
  talking_client client;
  client.announces();
  client.shards.all.clear();
  for (auto const& [text, code] : table) {
    auto const before = client.scope.counts.failures[static_cast<std::size_t>(code)];

    auto const heard = client.says(text);

    ASSERT_EQ(heard.size(), 1U) << text;
    EXPECT_EQ(heard[0].at("failure reason"), reason(code)) << text;
    EXPECT_EQ(client.scope.counts.failures[static_cast<std::size_t>(code)], before + 1) << text;
    EXPECT_TRUE(client.shards.all.empty());
  }
  client.talk->on_close(conversation::ending::over);
  EXPECT_EQ(leaves(client).size(), 1U) << "a failure costs no membership";
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Answers are routed by the offer that was relayed: rules 1, 6 and 8 of the WebTorrent dialect.
#include "tests/integration/tracker.hpp"

#include <stdexcept>

namespace waggle::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// Two peers, of which `offerer` made an offer that reached `answerer`.
struct pair {
  explicit pair(endpoint const& at) : offerer(at), answerer(at) {
    answerer.announce({.swarm = swarm, .peer = answerer_peer});
    offerer.announce({.swarm = swarm, .peer = offerer_peer, .offers = some_offers("p", 1)});
    auto const offers = offers_among(answerer.drain(swarm));
    if (offers.size() != 1) throw std::runtime_error("the offer did not arrive");
    offer_id = offers.front().string("offer_id");
  }

  [[nodiscard]] answer_fields answer() const {
    return {.swarm = swarm, .peer = answerer_peer, .to = offerer_peer, .offer_id = offer_id};
  }

  std::string swarm = fresh_swarm();
  std::string offerer_peer = fresh_peer();
  std::string answerer_peer = fresh_peer();
  std::string offer_id;
  tracker_client offerer;
  tracker_client answerer;
};

class Answer : public CoresTest {};

TEST_P(Answer, ReachesWhoeverMadeTheOfferAndGetsNoReply) {
  tracker server{cores()};
  pair both{server.plain()};

  both.answerer.send(answer_message(both.answer()));

  EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty()) << "an answer gets no reply";
  auto const answers = both.offerer.drain(both.swarm);
  ASSERT_THAT(answers, SizeIs(1));
  auto const& got = answers.front();
  EXPECT_EQ(got.string("action"), "announce");
  EXPECT_EQ(got.string("info_hash"), both.swarm);
  EXPECT_EQ(got.string("peer_id"), both.answerer_peer);
  EXPECT_EQ(got.string("offer_id"), both.offer_id);
  EXPECT_EQ(got.fields["answer"]["type"], "answer");
}

TEST_P(Answer, IsDroppedWithoutARoute) {
  tracker server{cores()};
  pair both{server.plain()};
  auto const before = server.metric("waggle_answers_unroutable_total");
  auto wrong_id = both.answer();
  wrong_id.offer_id = "nobody made this one";
  auto wrong_swarm = both.answer();
  wrong_swarm.swarm = fresh_swarm();

  both.answerer.send(answer_message(wrong_id));
  both.answerer.send(answer_message(wrong_swarm));

  EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty());
  EXPECT_THAT(both.answerer.drain(wrong_swarm.swarm), IsEmpty());
  EXPECT_THAT(both.offerer.drain(both.swarm), IsEmpty());
  EXPECT_TRUE(
      eventually([&] { return server.metric("waggle_answers_unroutable_total") == before + 2; }));
}

TEST_P(Answer, OfSomebodyWhoWasNotOfferedIsDropped) {
  tracker server{cores()};
  pair both{server.plain()};
  tracker_client stranger{server.plain()};

  stranger.send(answer_message(both.answer()));  // even under the receiver's own peer id

  EXPECT_THAT(stranger.drain(both.swarm), IsEmpty());
  EXPECT_THAT(both.offerer.drain(both.swarm), IsEmpty());
}

TEST_P(Answer, ToAnUnknownPeerHurtsNobody) {
  tracker server{cores()};
  pair both{server.plain()};
  auto unknown = both.answer();
  unknown.to = fresh_peer();

  both.answerer.send(answer_message(unknown));

  EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty());
  EXPECT_THAT(both.offerer.drain(both.swarm), IsEmpty()) << "it is not for this one";
  both.answerer.send(answer_message(both.answer()));
  EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty());
  EXPECT_THAT(answers_among(both.offerer.drain(both.swarm)), SizeIs(1));
  both.answerer.send(answer_message(both.answer()));
  EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty());
  EXPECT_THAT(both.offerer.drain(both.swarm), IsEmpty()) << "the route is used up";
}

TEST_P(Answer, WithoutAUsableOfferIdIsDropped) {
  tracker server{cores()};
  pair both{server.plain()};
  auto message = json::parse(answer_message(both.answer()));
  for (auto const& unusable : {json(nullptr), json(5), json(""), json(std::string(5'000, 'x'))}) {
    message["offer_id"] = unusable;
    both.answerer.send(message.dump());
    EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty());
  }
  message.erase("offer_id");
  both.answerer.send(message.dump());

  EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty());
  EXPECT_THAT(both.offerer.drain(both.swarm), IsEmpty());
}

TEST_P(Answer, OfEveryReceiverOfAReusedOfferIsDelivered) {
  tracker server{cores()};
  auto const swarm = fresh_swarm();
  auto const offerer_peer = fresh_dashless_peer();
  tracker_client offerer{server.plain()};
  std::vector<tracker_client> receivers;
  std::vector<std::string> peers;
  for (int i = 0; i < 3; ++i) {
    receivers.emplace_back(server.plain());
    peers.push_back(fresh_dashless_peer());
    receivers.back().announce({.swarm = swarm, .peer = peers.back()});
  }
  std::vector<offer_text> const same(3, some_offers("reused", 1).front());

  offerer.announce({.swarm = swarm, .peer = offerer_peer, .offers = same});

  for (std::size_t i = 0; i < receivers.size(); ++i) {
    auto const offers = offers_among(receivers[i].drain(swarm));
    ASSERT_THAT(offers, SizeIs(1));
    receivers[i].send(answer_message({.swarm = swarm,
                                      .peer = peers[i],
                                      .to = offerer_peer,
                                      .offer_id = offers.front().string("offer_id")}));
    EXPECT_THAT(receivers[i].drain(swarm), IsEmpty());
  }
  EXPECT_THAT(answers_among(offerer.drain(swarm)), SizeIs(3));
}

TEST_P(Answer, RouteSurvivesTheStoppedOfTheOfferer) {
  tracker server{cores()};
  pair both{server.plain()};
  both.offerer.announce({.swarm = both.swarm, .peer = both.offerer_peer, .event = "stopped"});

  both.answerer.send(answer_message(both.answer()));

  EXPECT_THAT(both.answerer.drain(both.swarm), IsEmpty());
  EXPECT_THAT(answers_among(both.offerer.drain(both.swarm)), SizeIs(1));
}

TEST_P(Answer, ChangesNoStateAndMakesNoMembership) {
  tracker server{cores()};
  pair both{server.plain()};
  both.answerer.announce({.swarm = both.swarm, .peer = both.answerer_peer, .left = 0});
  ASSERT_EQ(server.stats(both.swarm).at("seeders"), 1);

  both.answerer.send(answer_message(both.answer()));
  both.answerer.drain(both.swarm);
  EXPECT_EQ(server.stats(both.swarm).at("seeders"), 1);

  tracker_client stranger{server.plain()};
  auto as_stranger = both.answer();
  as_stranger.peer = fresh_peer();
  stranger.send(answer_message(as_stranger));
  stranger.drain(both.swarm);
  EXPECT_EQ(server.peers_of(both.swarm), 2);
}

TEST_P(Answer, NullMeansAnAnnounce) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto message = json::parse(announce_message({.swarm = fresh_swarm(), .peer = fresh_peer()}));
  for (auto const* const name : {"answer", "to_peer_id", "offer_id"}) message[name] = nullptr;

  client.send(message.dump());

  EXPECT_TRUE(client.receive().is_reply());
}

WAGGLE_ON_ONE_AND_TWO_CORES(Answer);

}  // namespace
}  // namespace waggle::test

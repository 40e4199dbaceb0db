// SPDX-License-Identifier: Apache-2.0
// Clients that speak in the name of another peer. Every member of a swarm sees the others' peer
// ids, so that knowing one proves nothing.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

namespace waggle::test {
namespace {

using testing::IsEmpty;

class HostileIdentity : public testing::Test {
 protected:
  HostileIdentity() {
    answerer_.announce({.swarm = swarm_, .peer = answerers_});
    offerer_.announce({.swarm = swarm_, .peer = offerers_, .offers = offers_});
    EXPECT_TRUE(answerer_.receive().is_offer());
  }
  [[nodiscard]] std::string answer(std::string const& peer, std::string const& offer_id) const {
    return answer_message({.swarm = swarm_, .peer = peer, .to = offerers_, .offer_id = offer_id});
  }

  tracker server_{besieged()};
  honest_swarm beside_{server_.plain()};
  std::string swarm_ = fresh_swarm();
  std::string offerers_ = fresh_peer();
  std::string answerers_ = fresh_peer();
  std::vector<offer_text> offers_ = some_offers("o", 1);
  tracker_client offerer_{server_.plain()};
  tracker_client answerer_{server_.plain()};
  tracker_client attacker_{server_.plain()};
};

// Defence: an answer needs the route of an offer that was relayed; offer_routes.
TEST_F(HostileIdentity, AnswerThatMatchesNoRelayedOfferGoesNowhere) {
  attacker_.send(answer(fresh_peer(), "an id that none had."));
  attacker_.send(answer(answerers_, "an id that none had."));
  attacker_.send(R"({"action":"announce","info_hash":)" + json(swarm_).dump() + R"(,"peer_id":)" +
                 json(answerers_).dump() + R"(,"to_peer_id":)" + json(offerers_).dump() +
                 R"(,"answer":{"type":"answer","sdp":"v=0"}})");
  attacker_.drain(swarm_);

  EXPECT_THAT(offerer_.drain(swarm_), IsEmpty());
  EXPECT_EQ(counted(server_, "waggle_answers_unroutable_total"), 3);
  EXPECT_EQ(server_.peers_of(swarm_), 2) << "nobody was made a member by it";
}

// Defence: the route is that of the connection which the offer was relayed to.
TEST_F(HostileIdentity, AnswerToAnOfferThatAnotherOneGotGoesNowhere) {
  attacker_.announce({.swarm = swarm_, .peer = answerers_, .numwant = 0});
  attacker_.send(answer(answerers_, offers_[0].id));
  attacker_.send(answer(fresh_peer(), offers_[0].id));
  attacker_.drain(swarm_);
  EXPECT_THAT(answers_among(offerer_.drain(swarm_)), IsEmpty());

  answerer_.send(answer(answerers_, offers_[0].id));

  EXPECT_TRUE(offerer_.receive().is_answer()) << "the honest one";
}

// Defence: one answer an offer (docs/decisions/0003).
TEST_F(HostileIdentity, SecondAnswerToAnOfferGoesNowhere) {
  for (int i = 0; i < 10; ++i) answerer_.send(answer(answerers_, offers_[0].id));
  answerer_.drain(swarm_);

  EXPECT_EQ(answers_among(offerer_.drain(swarm_)).size(), 1U);
  EXPECT_EQ(counted(server_, "waggle_answers_unroutable_total"), 9);
}

// Defence: a membership is that of a connection and a peer id, never of a peer id alone.
TEST_F(HostileIdentity, StoppedWithAnothersPeerIdEndsNothing) {
  attacker_.announce({.swarm = swarm_, .peer = answerers_, .event = "stopped"});
  attacker_.announce({.swarm = swarm_, .peer = offerers_, .event = "stopped"});

  EXPECT_EQ(server_.peers_of(swarm_), 2);
  auto const offers = some_offers("p", 1);
  offerer_.announce({.swarm = swarm_, .peer = offerers_, .event = "", .offers = offers});
  EXPECT_TRUE(answerer_.receive().is_offer());
}

// Defence: the older connection is asked for life before it gives way, and is not closed for it.
TEST_F(HostileIdentity, AnnounceWithAnothersPeerIdTakesNothingFromIt) {
  attacker_.announce({.swarm = swarm_, .peer = answerers_});
  attacker_.announce({.swarm = swarm_, .peer = answerers_, .event = "stopped"});

  EXPECT_EQ(server_.peers_of(swarm_), 2) << "its own membership alone has ended";
  auto const offers = some_offers("p", 1);
  answerer_.announce({.swarm = swarm_, .peer = answerers_, .event = ""});
  offerer_.announce({.swarm = swarm_, .peer = offerers_, .event = "", .offers = offers});
  auto const offered = answerer_.receive();
  ASSERT_TRUE(offered.is_offer()) << offered.text;
  answerer_.send(answer(answerers_, offers[0].id));
  EXPECT_TRUE(offerer_.receive().is_answer());
  EXPECT_FALSE(answerer_.socket().tcp_closed());
}

}  // namespace
}  // namespace waggle::test

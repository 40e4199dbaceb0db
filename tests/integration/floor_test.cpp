// SPDX-License-Identifier: Apache-2.0
// The yardstick of the comparison does the work that it is compared by: waggle-floor relays.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::SizeIs;

class Floor : public testing::Test {
 protected:
  tracker_client connect() const { return tracker_client{process_.plain()}; }

  server_process process_{{floor_binary(), "--listen", "127.0.0.1:0"}};
};

std::string const body = R"({"type":"offer","sdp":"quoted \"}]{[\" and \\"})";

TEST_F(Floor, RelaysAnOfferAndItsAnswerVerbatim) {
  auto offerer = connect();
  auto answerer = connect();
  auto bystander = connect();
  auto const swarm = fresh_swarm();
  auto const from = fresh_peer();
  auto const to = fresh_peer();
  answerer.announce({.swarm = swarm, .peer = to});
  bystander.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  auto const reply = offerer.announce(
      {.swarm = swarm, .peer = from, .offers = {{.id = "one", .body = body}, {"two", body}}});
  auto const offers = answerer.drain(swarm);
  answerer.send(
      answer_message({.swarm = swarm, .peer = to, .to = from, .offer_id = "one", .body = body}));
  answerer.drain(swarm);
  auto const answers = offerer.drain(swarm);

  EXPECT_EQ(reply.string("info_hash"), swarm);
  EXPECT_EQ(reply.number("incomplete"), 2);
  ASSERT_THAT(offers, SizeIs(1)) << "one member, one offer";
  EXPECT_EQ(offers[0].string("peer_id"), from);
  EXPECT_EQ(offers[0].string("offer_id"), "one");
  EXPECT_EQ(offers[0].fields["offer"], json::parse(body));
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].string("peer_id"), to);
  EXPECT_EQ(answers[0].string("offer_id"), "one");
  EXPECT_EQ(answers[0].fields["answer"], json::parse(body));
  EXPECT_THAT(bystander.drain(swarm), SizeIs(0));
}

TEST_F(Floor, EveryOfferGoesToAnotherMember) {
  auto const swarm = fresh_swarm();
  std::vector<tracker_client> members;
  for (int n = 0; n < 3; ++n) {
    members.push_back(connect());
    members.back().announce({.swarm = swarm, .peer = fresh_peer()});
  }

  members[0].announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("x", 5)});

  EXPECT_THAT(members[0].drain(swarm), SizeIs(0)) << "none of its own";
  EXPECT_THAT(members[1].drain(swarm), SizeIs(1));
  EXPECT_THAT(members[2].drain(swarm), SizeIs(1));
}

TEST_F(Floor, WhoLeavesIsNoMemberAnyMore) {
  auto stays = connect();
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  {
    auto leaves = connect();
    leaves.announce({.swarm = swarm, .peer = fresh_peer()});
    leaves.socket().send_close(1000);
    auto const ended = leaves.socket().await_end();
    EXPECT_EQ(ended.code, 1000);
    EXPECT_TRUE(ended.tcp_closed);
  }
  EXPECT_EQ(stays.announce({.swarm = swarm, .peer = peer}).number("incomplete"), 1);
  stays.announce({.swarm = swarm, .peer = peer, .event = "stopped"});
  EXPECT_EQ(stays.announce({.swarm = swarm, .peer = fresh_peer()}).number("incomplete"), 1);
}

TEST_F(Floor, ReadsMessagesThatComeInPieces) {
  auto client = connect();
  auto const swarm = fresh_swarm();
  auto const wire = encode(
      {.op = opcode::text, .payload = announce_message({.swarm = swarm, .peer = fresh_peer()})});
  for (auto const byte : wire) client.socket().send_bytes({&byte, 1});
  client.socket().send({.op = opcode::ping, .payload = "are you there"});

  EXPECT_TRUE(client.receive().is_reply());
  auto const pong = client.socket().receive();
  ASSERT_TRUE(pong.has_value());
  EXPECT_EQ(pong->kind, opcode::pong);
  EXPECT_EQ(pong->payload, "are you there");
}

}  // namespace
}  // namespace waggle::test

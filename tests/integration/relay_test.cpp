// SPDX-License-Identifier: Apache-2.0
// Offer and answer bodies and offer ids pass through byte for byte, whatever JSON they are.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::string const bodies[] = {
    R"({"type":"offer","sdp":"v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\n"})",
    "{ \"type\" :\t\"offer\" ,\n \"sdp\" : \"x\" }",
    R"({"sdp":"escapes \u0041 \u00e9 \/ \\ \" \b\f\n\r\t \u0000","type":"offer"})",
    "{\"type\":\"offer\",\"sdp\":\"raw \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d\"}",
    R"({"sdp":"pair \ud83d\udc1d"})",
    R"({"sdp":"lone high \ud800 and low \udc00"})",
    R"({"sdp":"}{][\"}{"})",
    R"({"numbers":[0,-0,1.50,1e+30,12345678901234567890,1E-5],"sdp":"n"})",
    R"({"nested":{"a":[{"b":null},[],{}],"c":true},"sdp":false})",
    R"({"same":1,"same":2,"action":"scrape","info_hash":"inner"})",
    R"({})",
};

std::string const offer_ids[] = {
    R"("plain offer id 12345")", R"("short")",          R"("1")",
    R"("\u00e9\u0041\/")",       R"("quote \" slash")", "\"raw \xc3\xbf\xc3\xbe\"",
    R"("\u0000\u001f\u007f")",
};

class Relay : public CoresTest {
 protected:
  /// Sends `body` and `offer_id`, both JSON texts, as an offer and as the answer to it.
  static void expect_verbatim(tracker const& server, std::string const& body,
                              std::string const& offer_id) {
    SCOPED_TRACE(body + " under " + offer_id);
    auto const swarm = fresh_swarm();
    auto const hash = json(swarm).dump();
    auto const offerer_peer = json(fresh_peer()).dump();
    auto const answerer_peer = json(fresh_peer()).dump();
    tracker_client offerer{server.plain()};
    tracker_client answerer{server.plain()};
    auto const head = [&](std::string const& who) {
      return R"({"action":"announce","info_hash":)" + hash + R"(,"peer_id":)" + who;
    };
    answerer.send(head(answerer_peer) + R"(,"event":"started","offers":[]})");
    ASSERT_TRUE(answerer.receive().is_reply());

    offerer.send(head(offerer_peer) + R"(,"event":"started","offers":[{"offer":)" + body +
                 R"( , "offer_id":)" + offer_id + "}]}");
    ASSERT_TRUE(offerer.receive().is_reply());
    auto const offers = answerer.drain(swarm);
    ASSERT_THAT(offers, SizeIs(1));
    EXPECT_THAT(offers[0].text, HasSubstr(R"("offer":)" + body));
    EXPECT_THAT(offers[0].text, HasSubstr(R"("offer_id":)" + offer_id));

    answerer.send(head(answerer_peer) + R"(,"to_peer_id":)" + offerer_peer + R"(,"answer":)" +
                  body + R"(,"offer_id":)" + offer_id + "}");
    ASSERT_THAT(answerer.drain(swarm), SizeIs(0));
    auto const answers = offerer.drain(swarm);
    ASSERT_THAT(answers, SizeIs(1));
    EXPECT_THAT(answers[0].text, HasSubstr(R"("answer":)" + body));
    EXPECT_THAT(answers[0].text, HasSubstr(R"("offer_id":)" + offer_id));
  }
};

TEST_P(Relay, BodiesPassByteForByte) {
  tracker server{cores()};
  for (auto const& body : bodies) expect_verbatim(server, body, offer_ids[0]);
}

TEST_P(Relay, OfferIdsPassByteForByte) {
  tracker server{cores()};
  for (auto const& offer_id : offer_ids) expect_verbatim(server, bodies[0], offer_id);
}

TEST_P(Relay, LargeBodiesPassByteForByte) {
  tracker server{cores()};
  for (std::size_t const size : {2'000U, 16'000U, 40'000U})
    expect_verbatim(server, R"({"sdp":")" + std::string(size, 'x') + "\"}", offer_ids[0]);
}

TEST_P(Relay, EveryByteOfIdsIsReadBack) {
  tracker server{cores()};
  for (int start = 0; start < 256; start += 20) {
    std::string bytes;
    for (int i = 0; i < 20; ++i) bytes.push_back(static_cast<char>((start + i) & 0xff));
    SCOPED_TRACE(start);
    auto const swarm = binary_string(bytes);
    tracker_client first{server.plain()};
    tracker_client second{server.plain()};
    EXPECT_EQ(first.announce({.swarm = swarm, .peer = fresh_peer()}).string("info_hash"), swarm);

    second.announce({.swarm = swarm, .peer = swarm, .offers = some_offers("e", 1)});

    auto const offers = offers_among(first.drain(swarm));
    ASSERT_THAT(offers, SizeIs(1));
    EXPECT_EQ(offers[0].string("peer_id"), swarm);
    EXPECT_EQ(server.stats(swarm).at("peers"), 2);
  }
}

TEST_P(Relay, OfferCarriesAllFields) {
  tracker server{cores()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client first{server.plain()};
  tracker_client second{server.plain()};
  first.announce({.swarm = swarm, .peer = fresh_peer()});

  second.announce({.swarm = swarm, .peer = peer, .offers = some_offers("f", 1)});

  auto const got = first.receive();
  EXPECT_EQ(got.string("action"), "announce");
  EXPECT_EQ(got.string("info_hash"), swarm);
  EXPECT_EQ(got.string("peer_id"), peer);
  EXPECT_EQ(got.string("offer_id"), some_offers("f", 1).front().id);
  EXPECT_EQ(got.fields["offer"]["type"], "offer");
}

WAGGLE_ON_ONE_AND_TWO_CORES(Relay);

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// A bad message gets a failure and never closes the socket; lenient reading: rules 2, 3 and 4 of
// the WebTorrent dialect, and the messages that ended other servers.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::string const swarm = fresh_swarm();
std::string const peer = fresh_peer();

/// A correct announce with one member replaced.
std::string with(char const* name, json const& value) {
  auto message = json::parse(announce_message({.swarm = swarm, .peer = peer}));
  message[name] = value;
  return message.dump();
}

std::string without(char const* name) {
  auto message = json::parse(announce_message({.swarm = swarm, .peer = peer}));
  message.erase(name);
  return message.dump();
}

json answer_with(char const* name, json const& value) {
  auto message = json::parse(
      answer_message({.swarm = swarm, .peer = peer, .to = fresh_peer(), .offer_id = "some offer"}));
  message[name] = value;
  return message;
}

struct bad {
  std::string text;
  std::string action = "announce";  // of the failure
  bool names_swarm = false;         // whether the failure carries the info_hash
};

std::vector<bad> bad_messages() {
  std::string const upper_latin = "\xc5\x81";  // U+0141: not a byte
  std::string twenty_of_them;
  for (int i = 0; i < 20; ++i) twenty_of_them += upper_latin;
  std::vector<bad> all{
      {.text = ""},
      {.text = " "},
      {.text = "not json"},
      {.text = "{"},
      {.text = R"({"action":"announce")"},
      {.text = "null"},
      {.text = "5"},
      {.text = "true"},
      {.text = R"("announce")"},
      {.text = "[]"},
      {.text = "{}"},
      {.text = without("action"), .names_swarm = true},
      {.text = with("action", "dance"), .names_swarm = true},
      {.text = with("action", 5), .names_swarm = true},
      {.text = with("action", nullptr), .names_swarm = true},
      {.text = without("info_hash")},
      {.text = with("info_hash", nullptr)},
      {.text = with("info_hash", 5)},
      {.text = with("info_hash", std::string(19, 'h'))},
      {.text = with("info_hash", std::string(21, 'h'))},
      {.text = with("info_hash", std::string(40, 'a'))},
      {.text = with("info_hash", twenty_of_them)},
      {.text = without("peer_id"), .names_swarm = true},
      {.text = with("peer_id", nullptr), .names_swarm = true},
      {.text = with("peer_id", json::array()), .names_swarm = true},
      {.text = with("peer_id", std::string(19, 'p')), .names_swarm = true},
      {.text = with("peer_id", std::string(40, 'a')), .names_swarm = true},
      {.text = with("peer_id", twenty_of_them), .names_swarm = true},
      {.text = with("event", "dancing"), .names_swarm = true},
      {.text = answer_with("answer", "a string").dump(), .names_swarm = true},
      {.text = answer_with("to_peer_id", "short").dump(), .names_swarm = true},
      {.text = R"({"action":"scrape","info_hash":5})", .action = "scrape"},
      {.text = R"({"action":"scrape","info_hash":{}})", .action = "scrape"},
      {.text = R"({"action":"scrape","info_hash":"short"})", .action = "scrape"},
      {.text = R"({"action":"scrape","info_hash":["short"]})", .action = "scrape"},
      {.text = R"({"action":"scrape","info_hash":[5]})", .action = "scrape"},
      {.text = std::string(10'000, '[') + std::string(10'000, ']')},
  };
  std::string deep = R"({"action":"announce","x":)";
  for (int i = 0; i < 5'000; ++i) deep += R"({"a":)";
  deep += "1" + std::string(5'001, '}');
  all.push_back({.text = deep});
  json many{{"action", "scrape"}, {"info_hash", json::array()}};
  for (int i = 0; i < 300; ++i) many["info_hash"].push_back(std::string(20, 'h'));
  all.push_back({.text = many.dump(), .action = "scrape"});
  return all;
}

class BadMessage : public CoresTest {};

TEST_P(BadMessage, GetsAFailureAndKeepsTheSocketOpen) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  std::size_t failures = 0;
  for (auto const& one : bad_messages()) {
    SCOPED_TRACE(one.text.substr(0, 200));
    client.send(one.text);
    // An exception would hide which message it was.
    auto const raw = client.socket().receive();
    ASSERT_TRUE(raw.has_value()) << (client.socket().tcp_closed() ? "closed" : "no failure came");
    tracker_message const got{.text = raw->payload, .fields = json::parse(raw->payload)};
    ++failures;
    EXPECT_TRUE(got.is_failure()) << got.text;
    EXPECT_EQ(got.string("action"), one.action) << got.text;
    EXPECT_NE(got.string("failure reason"), "");
    EXPECT_EQ(got.string("info_hash"), one.names_swarm ? swarm : "") << got.text;
  }
  client.announce({.swarm = swarm, .peer = peer});
  EXPECT_TRUE(eventually(
      [&] { return server.metric("waggle_failures_total") >= static_cast<double>(failures); }));
}

TEST_P(BadMessage, InBinaryFramesIsTreatedTheSame) {
  tracker server{cores()};
  tracker_client client{server.plain()};

  client.socket().send({.op = opcode::binary, .payload = "\xff\xfe not text"});
  EXPECT_TRUE(client.receive().is_failure());
  client.socket().send(
      {.op = opcode::binary, .payload = announce_message({.swarm = swarm, .peer = peer})});

  EXPECT_TRUE(client.receive().is_reply());
}

TEST_P(BadMessage, OddValuesMeanAbsent) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  std::string const lenient[] = {
      with("event", nullptr),
      with("event", ""),
      with("event", "empty"),
      with("event", "update"),
      with("event", "paused"),
      with("left", nullptr),
      with("left", -5),
      with("left", "0"),
      with("left", 1.5),
      with("left", json::object()),
      with("numwant", nullptr),
      with("numwant", "many"),
      with("numwant", 1.5),
      with("numwant", -1),
      with("offers", nullptr),
      with("offers", json::array()),
      with("offers", json::object()),
      with("offers", "x"),
      with("answer", nullptr),
      with("to_peer_id", nullptr),
      with("offer_id", nullptr),
      with("uploaded", "x"),
      with("key", json::array()),
      with("trackerid", 5),
      with("something new", json{{"deep", {1, 2, {{"x", nullptr}}}}}),
      without("offers"),
      without("event"),
      with("offers", {nullptr}),
      with("offers", {5, "x", json::array(), json::object()}),
      with("offers", {{{"fake_offer", "sdp"}}}),
      with("offers", {{{"offer", nullptr}, {"offer_id", std::string(20, 'o')}}}),
      with("offers", {{{"offer", {{"type", "offer"}}}, {"offer_id", nullptr}}}),
  };
  for (auto const& text : lenient) {
    SCOPED_TRACE(text);
    client.send(text);
    auto const got = client.receive();
    EXPECT_TRUE(got.is_reply()) << got.text;
    EXPECT_EQ(got.number("complete"), 0) << "left is not known to be 0";
    EXPECT_THAT(client.drain(swarm), IsEmpty());
  }
}

TEST_P(BadMessage, BadOffersAreSkippedOneByOne) {
  tracker server{cores()};
  auto const shared = fresh_swarm();
  std::vector<tracker_client> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back(server.plain());
    others.back().announce({.swarm = shared, .peer = fresh_peer()});
  }
  tracker_client client{server.plain()};
  auto message = json::parse(announce_message({.swarm = shared, .peer = fresh_peer()}));
  message["offers"] = json::parse(R"([null, {"fake_offer":"x"}, {"offer":{"type":"offer","sdp":"1"},
      "offer_id":"first"}, 5, {"offer":"text","offer_id":"bad"}, {"offer":{},"offer_id":7},
      {"offer":{"type":"offer","sdp":"2"},"offer_id":"second"}])");

  client.send(message.dump());

  EXPECT_TRUE(client.receive().is_reply());
  std::vector<std::string> received;
  for (auto& other : others)
    for (auto const& got : offers_among(other.drain(shared)))
      received.push_back(got.string("offer_id"));
  EXPECT_THAT(received, testing::UnorderedElementsAre("first", "second"));
}

TEST_P(BadMessage, HurtsNoPairThatExchangesOffers) {
  tracker server{cores()};
  auto const shared = fresh_swarm();
  auto const first_peer = fresh_peer();
  tracker_client first{server.plain()};
  tracker_client second{server.plain()};
  tracker_client culprit{server.plain()};
  first.announce({.swarm = shared, .peer = first_peer});
  culprit.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
  int round = 0;
  for (auto const& one : bad_messages()) {
    culprit.send(one.text);
    second.announce({.swarm = shared,
                     .peer = peer,
                     .event = "",
                     .offers = some_offers("r" + std::to_string(++round), 1)});
    ASSERT_THAT(offers_among(first.drain(shared)), SizeIs(1)) << one.text.substr(0, 200);
  }
}

WAGGLE_ON_ONE_AND_TWO_CORES(BadMessage);

}  // namespace
}  // namespace waggle::test

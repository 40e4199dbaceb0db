// SPDX-License-Identifier: Apache-2.0
// Bans by the admin API: what they stop, and at once; whom they leave alone; how they end.
#include "tests/integration/admin_client.hpp"
#include "tests/integration/tracker.hpp"

#include <chrono>

namespace waggle::test {
namespace {

using testing::HasSubstr;
using steady = std::chrono::steady_clock;

constexpr std::uint16_t banned_code = 4403;
constexpr milliseconds takes_effect_within{1'000};

class Bans : public CoresTest {
 protected:
  Bans() : server_{behind_a_proxy()} {}

  /// The clients say who they are, as a proxy in front would.
  static tracker_options behind_a_proxy() {
    auto options = cores();
    options.arguments = {"--trusted-proxies", "127.0.0.1/32"};
    return options;
  }
  [[nodiscard]] ws_options of(std::string const& address) const {
    return {.headers = {{"X-Forwarded-For", address}}};
  }
  [[nodiscard]] tracker_client client_of(std::string const& address) const {
    return tracker_client{server_.plain(), of(address)};
  }
  /// The status of the handshake of one who is not let in.
  [[nodiscard]] int handshake_of(std::string const& address) const {
    auto connection = stream::connect(server_.plain());
    connection.send(upgrade_request(server_.plain(), of(address)));
    return read_response(connection).status;
  }
  json ban(json const& wanted) {
    auto const made = operator_.post("bans", wanted);
    EXPECT_EQ(made.status, 201) << made.body;
    began_ = steady::now();
    return json::parse(made.body);
  }
  void expect_at_once() const { EXPECT_LT(steady::now() - began_, takes_effect_within); }

  tracker server_;
  admin_client operator_{server_.process().internal()};
  steady::time_point began_;
};

TEST_P(Bans, OfANetworkClosesItsConnectionsAndRefusesNewOnes) {
  auto const swarm = fresh_swarm();
  auto inside = client_of("192.0.2.77");
  auto outside = client_of("192.0.3.77");
  inside.announce({.swarm = swarm, .peer = fresh_peer()});
  outside.announce({.swarm = swarm, .peer = fresh_peer()});

  ban({{"kind", "address"}, {"value", "192.0.2.0/24"}, {"reason", "abuse"}});

  auto const end = inside.socket().await_end();
  expect_at_once();
  EXPECT_EQ(end.code, banned_code);
  EXPECT_EQ(handshake_of("192.0.2.1"), 403);
  EXPECT_EQ(handshake_of("192.0.3.1"), 101);
  EXPECT_TRUE(eventually([&] { return server_.peers_of(swarm) == 1; }));
  EXPECT_EQ(
      outside.announce({.swarm = swarm, .peer = fresh_peer(), .event = ""}).number("interval") > 0,
      true);
}

TEST_P(Bans, OfAnInfoHashEmptiesTheSwarmAndKeepsItEmpty) {
  auto const swarm = fresh_swarm();
  auto const other = fresh_swarm();
  auto client = client_of("192.0.2.1");
  client.announce({.swarm = swarm, .peer = fresh_peer()});
  client.announce({.swarm = other, .peer = fresh_peer()});

  ban({{"kind", "info_hash"}, {"value", hex_of(swarm)}});

  EXPECT_TRUE(eventually([&] { return server_.peers_of(swarm) == 0; }));
  expect_at_once();
  client.send(announce_message({.swarm = swarm, .peer = fresh_peer()}));
  client.drain(other);
  EXPECT_EQ(server_.peers_of(swarm), 0);
  EXPECT_EQ(server_.peers_of(other), 1) << "its other swarm is none of the ban's business";
}

TEST_P(Bans, OfAPeerIdPrefixStopsThatClientAlone) {
  auto const swarm = fresh_swarm();
  auto const wanted = "-XX1234-" + fresh_peer().substr(8);
  auto client = client_of("192.0.2.1");
  auto other = client_of("192.0.2.2");
  client.announce({.swarm = swarm, .peer = wanted});
  other.announce({.swarm = swarm, .peer = fresh_peer()});

  ban({{"kind", "peer_id_prefix"}, {"value", hex_of("-XX1234-")}});

  EXPECT_TRUE(eventually([&] { return server_.peers_of(swarm) == 1; }));
  expect_at_once();
  client.announce({.swarm = swarm, .peer = wanted});
  EXPECT_EQ(client.drain(swarm).size(), 0U) << "behind whatever the announce has done";
  EXPECT_EQ(server_.peers_of(swarm), 1);
  other.announce({.swarm = swarm, .peer = fresh_peer(), .event = ""});
  EXPECT_EQ(server_.peers_of(swarm), 2) << "another peer of the one that is not banned";
  EXPECT_GT(server_.metric("waggle_bans_enforced_total"), 0);
}

TEST_P(Bans, LeaveTheOffersOfOthersAlone) {
  auto const swarm = fresh_swarm();
  auto left = client_of("198.51.100.1");
  auto right = client_of("198.51.100.2");
  auto const peers = std::array{fresh_peer(), fresh_peer()};
  left.announce({.swarm = swarm, .peer = peers[0]});
  right.announce({.swarm = swarm, .peer = peers[1]});
  for (int round = 0; round < 20; ++round) {
    ban({{"kind", "address"}, {"value", "192.0.2." + std::to_string(round)}});
    auto const offers = some_offers("r" + std::to_string(round), 1);
    left.announce({.swarm = swarm, .peer = peers[0], .event = "", .numwant = 1, .offers = offers});
    auto const offered = right.receive();
    ASSERT_TRUE(offered.is_offer()) << offered.text;
    right.send(answer_message(
        {.swarm = swarm, .peer = peers[1], .to = peers[0], .offer_id = offers[0].id}));
    ASSERT_TRUE(left.receive().is_answer());
  }
  EXPECT_EQ(operator_.get("bans").at("total"), 20);
}

TEST_P(Bans, EndByThemselvesOrByHandAndTheAuditLogShowsIt) {
  event_reader events{server_.process().internal()};
  auto const short_one = ban(
      {{"kind", "address"}, {"value", "192.0.2.1"}, {"lasts_seconds", 1}, {"reason", "scraper"}});
  auto const long_one = ban({{"kind", "address"}, {"value", "192.0.2.2"}});
  EXPECT_EQ(handshake_of("192.0.2.1"), 403);
  EXPECT_EQ(handshake_of("192.0.2.2"), 403);

  auto const path = "bans/" + std::to_string(long_one.at("id").get<int>());
  EXPECT_EQ(operator_.remove(path).status, 204);
  EXPECT_EQ(operator_.remove(path).status, 404);
  EXPECT_TRUE(eventually([&] { return handshake_of("192.0.2.2") == 101; }));
  EXPECT_TRUE(eventually([&] { return handshake_of("192.0.2.1") == 101; }));
  EXPECT_EQ(operator_.get("bans").at("total"), 0);

  EXPECT_TRUE(events.sees(R"("change":"added")")) << events.received();
  EXPECT_TRUE(events.sees(R"("change":"ended")")) << events.received();
  auto const audit = operator_.get("audit").at("items").dump();
  EXPECT_THAT(audit, HasSubstr("192.0.2.1"));
  EXPECT_THAT(audit, HasSubstr("192.0.2.2"));
  EXPECT_THAT(audit, HasSubstr("loopback")) << "who asked for it";
}

TEST_P(Bans, OfLoopbackOrATrustedProxyAreRefused) {
  for (auto const* const value : {"127.0.0.1", "127.0.0.0/8", "::1", "0.0.0.0/0"}) {
    auto const refused = operator_.post("bans", {{"kind", "address"}, {"value", value}});
    EXPECT_EQ(refused.status, 409) << value << refused.body;
  }
  EXPECT_EQ(operator_.post("bans", {{"kind", "address"}, {"value", "192.0.2"}}).status, 400);
  EXPECT_EQ(operator_.post("bans", {{"kind", "info_hash"}, {"value", "ab"}}).status, 400);
  EXPECT_EQ(operator_.get("bans").at("total"), 0);
}

WAGGLE_ON_ONE_AND_TWO_CORES(Bans);

TEST(BansOfBefore, HoldAfterAKillUntilTheyEnd) {
  temporary_folder const folder;
  tracker_options const options{.settings = {"storage.url=sqlite:" + folder.path("waggle.db")},
                                .arguments = {"--trusted-proxies", "127.0.0.1/32"}};
  ws_options const banned{.headers = {{"X-Forwarded-For", "192.0.2.1"}}};
  {
    tracker server{options};
    admin_client const by{server.process().internal()};
    EXPECT_EQ(by.post("bans", {{"kind", "address"}, {"value", "192.0.2.1"}}).status, 201);
    EXPECT_TRUE(
        eventually([&] { return by.get("overview").at("storage").at("facts_waiting") == 0; }));
    server.process().kill();
  }
  tracker server{options};
  admin_client const by{server.process().internal()};
  auto const kept = by.get("bans").at("items");
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].at("value"), "192.0.2.1");
  EXPECT_THROW((tracker_client{server.plain(), banned}), std::runtime_error);
}

}  // namespace
}  // namespace waggle::test

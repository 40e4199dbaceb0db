// SPDX-License-Identifier: Apache-2.0
// Clients that say more, join more and offer more than anybody should.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

#include <cstdlib>

namespace waggle::test {
namespace {

/// 200 messages at once and 200 a second, or 64 KiB at once and as many a second, but not both:
/// each defence stands alone here. The honest pair needs a quarter of it.
std::vector<std::string> few_messages() {
  return {"session.message_burst=200", "session.messages_per_second=200",
          "session.bytes_per_second=0", "session.over_quota_max=1s"};
}
std::vector<std::string> few_bytes(std::vector<std::string> more = {}) {
  more.insert(more.end(), {"session.byte_burst=64KiB", "session.bytes_per_second=65536",
                           "session.messages_per_second=0", "session.over_quota_max=1s"});
  return more;
}

/// The attacker is slowed, then closed with 4309, while the honest pair relays on.
void expect_closed(std::string const& some, std::vector<std::string> const& settings) {
  tracker server{besieged(settings)};
  honest_swarm beside{server.plain()};
  auto attacker = ws_client::connect(server.plain());
  attacker.send_text("{}");

  auto const end = flood(attacker, some);

  EXPECT_TRUE(attacker.tcp_closed());
  // Bytes that nobody reads any more may reset the connection before the close frame is read.
  EXPECT_TRUE(!end.code || *end.code == 4309) << end.code.value_or(0);
  EXPECT_TRUE(eventually([&] { return closed(server, "rate_limited") == 1; }));
  EXPECT_GT(counted(server, "waggle_quota_pauses_total"), 0) << "it was slowed first";
  EXPECT_TRUE(beside.relays_on());
}

// Defence: session.message_burst, session.messages_per_second, session.over_quota_max.
TEST(HostileFlood, OfMessagesIsSlowedAndClosed) {
  expect_closed(repeated(encode({.payload = "{}"}), 500), few_messages());
}

// Defence: pings and pongs cost as much as messages.
TEST(HostileFlood, OfPingsIsSlowedAndClosed) {
  expect_closed(repeated(encode({.op = opcode::ping}), 500), few_messages());
}
TEST(HostileFlood, OfPongsIsSlowedAndClosed) {
  expect_closed(repeated(encode({.op = opcode::pong, .payload = "x"}), 500), few_messages());
}

// Defence: session.byte_burst, session.bytes_per_second.
TEST(HostileFlood, OfBytesIsSlowedAndClosed) {
  expect_closed(encode({.payload = std::string(60'000, ' ')}), few_bytes());
}

// Defence: empty fragments count as bytes, and a message has session.message_deadline.
TEST(HostileFlood, OfEmptyFragmentsIsSlowedAndClosed) {
  tracker server{besieged(few_bytes({"session.message_deadline=2s"}))};
  honest_swarm beside{server.plain()};
  auto attacker = ws_client::connect(server.plain());
  attacker.send({.payload = "x", .fin = false});

  flood(attacker, repeated(encode({.op = opcode::continuation, .fin = false}), 500));

  EXPECT_TRUE(attacker.tcp_closed());
  EXPECT_TRUE(beside.relays_on());
}

// Defence: each offer that is relayed costs as much as a message.
TEST(HostileFlood, OfOffersIsSlowedAndClosed) {
  tracker server{besieged(few_messages())};
  honest_swarm beside{server.plain()};
  auto attacker = ws_client::connect(server.plain());
  auto const swarm = fresh_swarm();
  tracker_client victim{server.plain()};
  victim.announce({.swarm = swarm, .peer = fresh_peer()});
  std::vector<offer_text> offers;
  for (int i = 0; i < 20; ++i) offers.push_back({.id = std::to_string(i), .body = "{}"});
  auto const some =
      encode({.payload = announce_message(
                  {.swarm = swarm, .peer = fresh_peer(), .event = "", .offers = offers})});

  flood(attacker, repeated(some, 20));

  EXPECT_TRUE(attacker.tcp_closed());
  EXPECT_TRUE(eventually([&] { return closed(server, "rate_limited") == 1; }));
  // 200 at once and as many a second while it lasts, 21 an announce.
  EXPECT_LT(counted(server, "waggle_announces_total", "update"), 120);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: webtorrent.offers_max.
TEST(HostileFlood, OfOffersInOneAnnounceRelaysAsManyAsMayBe) {
  tracker server{besieged({"webtorrent.offers_max=5"})};
  honest_swarm const beside{server.plain()};
  auto const swarm = fresh_swarm();
  std::vector<tracker_client> victims;
  for (int i = 0; i < 10; ++i) {
    victims.emplace_back(server.plain());
    victims.back().announce({.swarm = swarm, .peer = fresh_peer()});
  }
  tracker_client attacker{server.plain()};

  attacker.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("f", 100)});

  std::size_t relayed = 0;
  for (auto& victim : victims) relayed += offers_among(victim.drain(swarm)).size();
  EXPECT_EQ(relayed, 5U);
}

// Defence: session.memberships_max.
TEST(HostileFlood, OfMembershipsIsAnsweredAndNotRemembered) {
  tracker server{besieged({"session.memberships_max=50"})};
  honest_swarm beside{server.plain()};
  tracker_client attacker{server.plain()};

  for (int i = 0; i < 500; ++i) {
    attacker.announce({.swarm = fresh_swarm(), .peer = fresh_peer(), .offers = {}});
  }

  EXPECT_EQ(server.metric("waggle_swarms"), 51);
  EXPECT_EQ(server.metric("waggle_peers"), 52);
  EXPECT_GE(counted(server, "waggle_memberships_refused_total"), 450);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: limits.memberships_max of the tenant.
TEST(HostileFlood, OfMembershipsOfATenantIsHeldToWhatItMay) {
  tracker server{besieged({"tenants.a.limits.memberships_max=10", "tenants.b.access.mode=open"})};
  honest_swarm const beside{server.plain(), {.path = "/t/b/"}};
  tracker_client attacker{server.plain(), {.path = "/t/a/"}};
  auto const swarm = fresh_swarm();

  for (int i = 0; i < 100; ++i) {
    attacker.announce({.swarm = swarm, .peer = fresh_peer(), .offers = {}});
  }

  EXPECT_EQ(server.metric("waggle_peers"), 12);
}

// Defence: limits.swarms_max of the tenant, over all cores and connections.
TEST(HostileFlood, OfSwarmsIsHeldToWhatTheTenantMay) {
  tracker server{besieged({"tenants.a.limits.swarms_max=20", "tenants.b.access.mode=open"})};
  honest_swarm const beside{server.plain(), {.path = "/t/b/"}};
  std::vector<tracker_client> attackers;
  for (int i = 0; i < 4; ++i) attackers.emplace_back(server.plain(), ws_options{.path = "/t/a/"});

  for (int i = 0; i < 200; ++i) {
    attackers[static_cast<std::size_t>(i) % 4].announce(
        {.swarm = fresh_swarm(), .peer = fresh_peer()});
  }

  EXPECT_EQ(server.metric("waggle_swarms"), 21);
  attackers.clear();
  EXPECT_TRUE(eventually([&] { return server.metric("waggle_swarms") == 1; }));
  tracker_client again{server.plain(), {.path = "/t/a/"}};
  EXPECT_EQ(again.announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("incomplete"), 1)
      << "there is room again";
}

// Defence: limits.members_max of the tenant.
TEST(HostileFlood, OfMembersOfASwarmIsHeldToWhatTheTenantMay) {
  tracker server{besieged({"tenants.a.limits.members_max=10", "tenants.b.access.mode=open"})};
  honest_swarm const beside{server.plain(), {.path = "/t/b/"}};
  tracker_client attacker{server.plain(), {.path = "/t/a/"}};
  auto const swarm = fresh_swarm();

  for (int i = 0; i < 50; ++i) attacker.announce({.swarm = swarm, .peer = fresh_peer()});

  EXPECT_EQ(server.metric("waggle_peers"), 12);
}

// Defence: what a flood of swarms costs is given back when they go; nothing is kept of them.
TEST(HostileFlood, OfSwarmsThatComeAndGoDoesNotGrowTheServer) {
  tracker server{besieged(
      {"session.message_burst=100000", "session.byte_burst=16MiB", "storage.swarms_max=100"})};
  honest_swarm beside{server.plain()};
  tracker_client attacker{server.plain()};
  auto const round = [&] {
    for (int i = 0; i < 1'000; ++i) {
      auto const swarm = fresh_swarm();
      auto const peer = fresh_peer();
      attacker.announce({.swarm = swarm, .peer = peer});
      attacker.announce({.swarm = swarm, .peer = peer, .event = "stopped"});
    }
  };
  round();
  auto const before = server.metric("process_resident_memory_bytes");

  round();

  // A sanitizer's server, which WAGGLE_BIN names, has memory of its own.
  auto const slack = std::getenv("WAGGLE_BIN") == nullptr ? 4e6 : 64e6;
  EXPECT_LT(server.metric("process_resident_memory_bytes"), before + slack);
  EXPECT_EQ(server.metric("waggle_swarms"), 1);
  EXPECT_TRUE(beside.relays_on());
}

}  // namespace
}  // namespace waggle::test

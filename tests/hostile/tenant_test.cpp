// SPDX-License-Identifier: Apache-2.0
// Clients that reach for what belongs to another tenant, and tenants that an operator shuts out.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

#include <array>

namespace waggle::test {
namespace {

using testing::IsEmpty;

/// Two tenants without rules, and nothing for clients that name none.
tracker_options two_tenants() {
  return besieged({"tenants.a.access.mode=open", "tenants.b.access.mode=open"});
}
ws_options const at_a{.path = "/t/a/announce"};
ws_options const at_b{.path = "/t/b/announce"};

// Defence: a tenant must be configured; find_tenant in server/session/admission.cpp.
TEST(HostileTenant, PathOfATenantThatIsNotThereIsRefused) {
  tracker server{two_tenants()};
  honest_swarm const beside{server.plain(), at_a};

  for (auto const* const path :
       {"/t/c/announce", "/t/c", "/t/", "/t//a", "/t/A/", "/t/a%2f/", "/t/../a/"}) {
    EXPECT_EQ(handshake(server.plain(), {.path = path}).status, 403) << path;
  }
  EXPECT_EQ(refused(server, "tenant_unknown"), 7);
}

// Defence: with tenants nobody is served without one, unless access.unnamed says so.
TEST(HostileTenant, ConnectionThatNamesNoTenantIsRefused) {
  tracker server{two_tenants()};
  honest_swarm const beside{server.plain(), at_a};

  for (auto const* const path : {"/", "/announce", "/T/a/", "//t/a/"}) {
    EXPECT_EQ(handshake(server.plain(), {.path = path}).status, 403) << path;
  }
  EXPECT_EQ(refused(server, "tenant_missing"), 4);
}

// Defence: the tenant is a part of every swarm's identity; tracker_conversation::own.
TEST(HostileTenant, HearsNothingOfASwarmWithTheSameInfoHash) {
  tracker server{two_tenants()};
  honest_swarm const beside{server.plain(), at_a};
  auto const swarm = fresh_swarm();
  tracker_client victim{server.plain(), at_a};
  tracker_client thief{server.plain(), at_b};
  victim.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("v", 3)});

  auto const reply =
      thief.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("t", 3)});
  victim.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("w", 3)});

  EXPECT_EQ(reply.number("incomplete"), 1) << "itself";
  EXPECT_THAT(thief.drain(swarm), IsEmpty());
  for (auto const& heard : victim.drain(swarm)) {
    EXPECT_EQ(heard.text.find("\"t-"), std::string::npos) << heard.text;
  }
}

// Defence: routes of offers are kept by swarm, and with it by tenant.
TEST(HostileTenant, AnswerToAnOfferOfAnotherTenantGoesNowhere) {
  tracker server{two_tenants()};
  honest_swarm const beside{server.plain(), at_a};
  auto const swarm = fresh_swarm();
  auto const victims = std::array{fresh_peer(), fresh_peer()};
  tracker_client offerer{server.plain(), at_a};
  tracker_client answerer{server.plain(), at_a};
  tracker_client thief{server.plain(), at_b};
  answerer.announce({.swarm = swarm, .peer = victims[1]});
  auto const offers = some_offers("o", 1);
  offerer.announce({.swarm = swarm, .peer = victims[0], .offers = offers});
  ASSERT_TRUE(answerer.receive().is_offer());
  thief.announce({.swarm = swarm, .peer = victims[1]});

  thief.send(answer_message(
      {.swarm = swarm, .peer = victims[1], .to = victims[0], .offer_id = offers[0].id}));
  thief.drain(swarm);

  EXPECT_THAT(offerer.drain(swarm), IsEmpty());
  answerer.send(answer_message(
      {.swarm = swarm, .peer = victims[1], .to = victims[0], .offer_id = offers[0].id}));
  EXPECT_TRUE(offerer.receive().is_answer()) << "the route is still that of the honest answer";
}

// Defence: `stopped` and answers of one tenant name nothing of another.
TEST(HostileTenant, EndsNoMembershipOfAnotherTenant) {
  tracker server{two_tenants()};
  honest_swarm const beside{server.plain(), at_a};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client victim{server.plain(), at_a};
  tracker_client thief{server.plain(), at_b};
  victim.announce({.swarm = swarm, .peer = peer});

  thief.announce({.swarm = swarm, .peer = peer});
  thief.announce({.swarm = swarm, .peer = peer, .event = "stopped"});

  EXPECT_EQ(victim.announce({.swarm = swarm, .peer = peer, .event = ""}).number("incomplete"), 1);
}

// Defence: the kill switch of a tenant; tracker_conversation::on_rules, decide_admission.
TEST(HostileTenant, ThatIsBannedIsClosedAtOnceAndStaysOut) {
  tracker server{two_tenants()};
  honest_swarm const beside{server.plain(), at_a};
  tracker_client one{server.plain(), at_b};
  auto mute = ws_client::connect(server.plain(), at_b);
  one.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  {
    at_once const within;
    ban(server, "tenant", "b");
    EXPECT_EQ(one.socket().await_end().code, 4403);
    EXPECT_EQ(mute.await_end().code, 4403);
  }

  EXPECT_EQ(handshake(server.plain(), at_b).status, 403);
  EXPECT_EQ(refused(server, "banned"), 1);
}

// Defence: limits.connections_max of the tenant; client_ledger::enter.
TEST(HostileTenant, TakesNoMoreConnectionsThanItMay) {
  auto options = two_tenants();
  options.settings.emplace_back("tenants.b.limits.connections_max=3");
  tracker server{options};
  honest_swarm const beside{server.plain(), at_a};
  std::vector<ws_client> crowd;
  for (int i = 0; i < 3; ++i) crowd.push_back(ws_client::connect(server.plain(), at_b));

  auto const late = handshake(server.plain(), at_b);

  EXPECT_EQ(late.status, 503);
  EXPECT_NE(late.header("retry-after"), "");
  EXPECT_EQ(refused(server, "tenant_connections"), 1);
  EXPECT_EQ(handshake(server.plain(), at_a).status, 101);
}

}  // namespace
}  // namespace waggle::test

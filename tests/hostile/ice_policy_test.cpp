// SPDX-License-Identifier: Apache-2.0
// Peers that harvest the addresses of others from what is relayed (docs/protocol/ice_policy.md).
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

#include <array>

namespace waggle::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ws_options const at_hidden{.path = "/t/a/"};
ws_options const at_open{.path = "/t/b/"};

/// Tenant a with the policy, tenant b for the honest.
tracker_options with_policy(std::string const& policy) {
  auto options = besieged({"tenants.a.access.ice_policy=" + policy, "tenants.b.access.mode=open"});
  options.arguments = {"--listen-proxy", "127.0.0.1:0"};
  return options;
}

std::string description(std::string const& type) {
  return json{{"type", type},
              {"sdp",
               "v=0\r\no=- 1 2 IN IP4 192.168.178.24\r\ns=-\r\nt=0 0\r\n"
               "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
               "c=IN IP4 203.0.113.99\r\n"
               "a=candidate:0 1 UDP 2122252543 192.168.178.24 52114 typ host\r\n"
               "a=candidate:1 1 UDP 1686052863 203.0.113.99 52114 typ srflx raddr "
               "192.168.178.24 rport 52114\r\n"
               "a=candidate:3 1 UDP 92216831 198.51.100.20 61002 typ relay raddr "
               "203.0.113.99 rport 52114\r\n"}}
      .dump();
}

/// Relays an offer and its answer between two clients; empty: it did not come.
struct relayed {
  std::string offer;
  std::string answer;
};
relayed relay(tracker_client& offerer, tracker_client& answerer) {
  auto const swarm = fresh_swarm();
  auto const peers = std::array{fresh_peer(), fresh_peer()};
  answerer.announce({.swarm = swarm, .peer = peers[1]});
  offerer.announce({.swarm = swarm,
                    .peer = peers[0],
                    .offers = {{.id = "an offer", .body = description("offer")}}});
  auto const offers = offers_among(answerer.drain(swarm));
  answerer.send(answer_message({.swarm = swarm,
                                .peer = peers[1],
                                .to = peers[0],
                                .offer_id = "an offer",
                                .body = description("answer")}));
  answerer.drain(swarm);
  auto const answers = answers_among(offerer.drain(swarm));
  return {.offer = offers.empty() ? "" : offers[0].text,
          .answer = answers.empty() ? "" : answers[0].text};
}

// Defence: relay_only leaves nothing but relay candidates, with the address behind them masked.
TEST(HostileHarvest, RelayOnlyShowsNoAddressOfAPeer) {
  tracker server{with_policy("relay_only")};
  honest_swarm const beside{server.plain(), at_open};
  tracker_client one{server.plain(), at_hidden};
  tracker_client two{server.plain(), at_hidden};

  auto const [offer, answer] = relay(one, two);

  for (auto const& text : {offer, answer}) {
    EXPECT_THAT(text, HasSubstr("198.51.100.20 61002 typ relay"));
    EXPECT_THAT(text, Not(HasSubstr("192.168.178.24")));
    EXPECT_THAT(text, Not(HasSubstr("203.0.113.99")));
  }
  EXPECT_EQ(counted(server, "waggle_descriptions_filtered_total"), 2);
}

// Defence: what cannot be looked into is not relayed under relay_only.
TEST(HostileHarvest, RelayOnlyWithholdsWhatIsEncrypted) {
  tracker server{with_policy("relay_only")};
  honest_swarm const beside{server.plain(), at_open};
  auto const swarm = fresh_swarm();
  tracker_client victim{server.plain(), at_hidden};
  tracker_client attacker{server.plain(), at_hidden};
  victim.announce({.swarm = swarm, .peer = fresh_peer()});
  auto const peer = fresh_peer();

  for (auto const* const body :
       {R"({"type":"offer","sdp":"U2FsdGVkX1+vupppZksvRf5pq5g5XjFRlipRkwB0K1Y="})",
        R"({"type":"offer","sdp":["v=0\r\na=candidate:0 1 UDP 1 192.168.0.1 1 typ host"]})",
        R"({"type":"offer"})", R"({"candidate":"candidate:0 1 UDP 1 192.168.0.1 1 typ host"})"}) {
    attacker.announce({.swarm = swarm,
                       .peer = peer,
                       .event = "",
                       .numwant = 1,
                       .offers = {{.id = "e", .body = body}}});
  }

  EXPECT_THAT(offers_among(victim.drain(swarm)), IsEmpty());
  EXPECT_EQ(counted(server, "waggle_descriptions_withheld_total"), 4);
}

// Defence: host candidates pass between equal public addresses only.
TEST(HostileHarvest, NoHostCrossIpKeepsHostCandidatesWithinAnAddress) {
  tracker server{with_policy("no_host_cross_ip")};
  honest_swarm const beside{server.plain(), at_open};
  tracker_client at_home{coming_from(server, "203.0.113.7"), at_hidden};
  tracker_client beside_it{coming_from(server, "203.0.113.7"), at_hidden};
  tracker_client elsewhere{coming_from(server, "203.0.113.8"), at_hidden};

  auto const within = relay(at_home, beside_it);
  auto const across = relay(at_home, elsewhere);

  for (auto const& text : {within.offer, within.answer}) {
    EXPECT_THAT(text, HasSubstr("192.168.178.24 52114 typ host"));
  }
  for (auto const& text : {across.offer, across.answer}) {
    EXPECT_THAT(text, HasSubstr("203.0.113.99 52114 typ srflx"));
    EXPECT_THAT(text, Not(HasSubstr("192.168.178.24")));
  }
}

}  // namespace
}  // namespace waggle::test

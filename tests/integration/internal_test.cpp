// SPDX-License-Identifier: Apache-2.0
// The internal listener, and what the public one does not say.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Internal : public CoresTest {};

TEST_P(Internal, MetricsArePrometheusText) {
  tracker server{cores()};

  auto const page = http_get(server.process().internal(), "/metrics");

  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.header("content-type"), StartsWith("text/plain"));
  for (auto const* const family :
       {"waggle_connections", "waggle_peers", "waggle_swarms", "waggle_announces_total",
        "waggle_offers_relayed_total", "waggle_mailbox_relays_crossed_total"}) {
    EXPECT_THAT(page.body, HasSubstr(std::string{"# TYPE "} + family + " ")) << family;
    EXPECT_THAT(page.body, HasSubstr(std::string{"# HELP "} + family + " ")) << family;
  }
}

TEST_P(Internal, CountersFollowTheTraffic) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  for (int i = 0; i < 5; ++i) client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  EXPECT_TRUE(eventually([&] { return server.metric("waggle_announces_total") == 5; }));
  EXPECT_EQ(server.metric("waggle_connections"), 1);
  EXPECT_EQ(server.metric("waggle_swarms"), 5);
}

TEST_P(Internal, HealthAndReadinessAreOk) {
  tracker server{cores()};

  EXPECT_EQ(http_get(server.process().internal(), "/healthz").status, 200);
  EXPECT_EQ(http_get(server.process().internal(), "/readyz").status, 200);
  EXPECT_EQ(http_get(server.process().internal(), "/nothing").status, 404);
}

TEST_P(Internal, StatsCountPeersSeedersSwarmsAndConnections) {
  tracker server{cores()};
  tracker_client first{server.plain()};
  tracker_client second{server.plain()};
  auto const swarm = fresh_swarm();
  first.announce({.swarm = swarm, .peer = fresh_peer(), .left = 0});
  second.announce({.swarm = swarm, .peer = fresh_peer(), .left = 9});
  second.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  EXPECT_TRUE(eventually([&] {
    auto const now = server.stats();
    return now.at("peers") == 3 && now.at("seeders") == 1 && now.at("swarms") == 2 &&
           now.at("connections") == 2;
  })) << server.stats();
  EXPECT_TRUE(server.stats().contains("counters"));
}

TEST_P(Internal, StatsOfOneSwarm) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  client.announce({.swarm = swarm, .peer = fresh_peer(), .left = 0});
  client.announce({.swarm = swarm, .peer = fresh_peer()});

  auto const known = server.stats(swarm);
  EXPECT_EQ(known.at("peers"), 2);
  EXPECT_EQ(known.at("seeders"), 1);
  auto const unknown = server.stats(fresh_swarm());
  EXPECT_EQ(unknown.at("peers"), 0);
  EXPECT_EQ(unknown.at("seeders"), 0);
}

TEST_P(Internal, StatsOfAMalformedHashGets400) {
  tracker server{cores()};
  for (std::string const& hash :
       {std::string{}, std::string{"12"}, std::string(39, 'a'), std::string(41, 'a'),
        std::string(40, 'g'), std::string(4'000, 'a')}) {
    SCOPED_TRACE(hash);
    EXPECT_EQ(http_get(server.process().internal(), "/stats.json?info_hash=" + hash).status, 400);
  }
}

TEST_P(Internal, NothingThatNamesSwarmsIsPublic) {
  tracker server{cores()};
  EXPECT_EQ(http_get(server.plain(), "/healthz").status, 200);
  for (auto const* const path : {"/metrics", "/stats.json", "/readyz", "/stats", "/", "/scrape",
                                 "/announce", "/stats.json?info_hash=00"}) {
    SCOPED_TRACE(path);
    auto const response = http_get(server.plain(), path);
    EXPECT_EQ(response.status, 426);
    EXPECT_THAT(response.header("upgrade"), testing::StrCaseEq("websocket"));
  }
}

WAGGLE_ON_ONE_AND_TWO_CORES(Internal);

}  // namespace
}  // namespace waggle::test

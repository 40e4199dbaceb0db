// SPDX-License-Identifier: Apache-2.0
// Scrapes: rule 10 of the WebTorrent dialect.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::SizeIs;

class Scrape : public CoresTest {};

TEST_P(Scrape, OfOneSwarmCounts) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();
  client.announce({.swarm = swarm, .peer = fresh_peer()});
  client.announce({.swarm = swarm, .peer = fresh_peer(), .left = 0});

  auto const reply = client.scrape({swarm});

  EXPECT_EQ(reply.string("action"), "scrape");
  auto const& files = reply.fields["files"];
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_EQ(files[swarm]["complete"], 1);
  EXPECT_EQ(files[swarm]["incomplete"], 1);
  EXPECT_TRUE(files[swarm].contains("downloaded"));
}

TEST_P(Scrape, OfManySwarmsGetsOneReply) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  std::vector<std::string> swarms;
  for (int i = 0; i < 20; ++i) {
    swarms.push_back(fresh_swarm());
    if (i % 2 == 0) client.announce({.swarm = swarms.back(), .peer = fresh_peer()});
  }

  auto const reply = client.scrape(swarms);

  auto const& files = reply.fields["files"];
  ASSERT_THAT(files, SizeIs(swarms.size()));
  for (std::size_t i = 0; i < swarms.size(); ++i)
    EXPECT_EQ(files[swarms[i]]["incomplete"], i % 2 == 0 ? 1 : 0);
  EXPECT_THAT(client.drain(swarms[0]), SizeIs(0));
}

TEST_P(Scrape, OfAnUnknownSwarmGetsZeros) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  auto const swarm = fresh_swarm();

  auto const files = client.scrape({swarm}).fields["files"];

  ASSERT_TRUE(files.contains(swarm));
  EXPECT_EQ(files[swarm]["complete"], 0);
  EXPECT_EQ(files[swarm]["incomplete"], 0);
  EXPECT_EQ(server.stats().at("swarms"), 0) << "a scrape makes no swarm";
}

TEST_P(Scrape, OfAllSwarmsIsOffButAnswered) {
  tracker server{cores()};
  tracker_client client{server.plain()};
  client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  client.send(R"({"action":"scrape"})");

  auto const reply = client.receive();
  EXPECT_EQ(reply.string("action"), "scrape");
  EXPECT_TRUE(!reply.has("files") || reply.fields["files"].empty()) << reply.text;
}

TEST_P(Scrape, OfAllSwarmsNamesThemWhereEnabled) {
  tracker server{cores({"webtorrent.scrape_all=true"})};
  tracker_client client{server.plain()};
  std::vector<std::string> swarms;
  for (int i = 0; i < 20; ++i) {
    swarms.push_back(fresh_swarm());
    client.announce({.swarm = swarms.back(), .peer = fresh_peer()});
  }
  for (auto const* const text :
       {R"({"action":"scrape"})", R"({"action":"scrape","info_hash":null})"}) {
    client.send(text);
    auto const files = client.receive().fields["files"];
    EXPECT_THAT(files, SizeIs(swarms.size()));
    for (auto const& swarm : swarms) EXPECT_TRUE(files.contains(swarm));
  }
}

WAGGLE_ON_ONE_AND_TWO_CORES(Scrape);

}  // namespace
}  // namespace waggle::test

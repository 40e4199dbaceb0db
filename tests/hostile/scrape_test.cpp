// SPDX-License-Identifier: Apache-2.0
// Clients that want to learn which swarms there are, and how many are in them.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"
#include "tests/hostile/tokens.hpp"

namespace waggle::test {
namespace {

int incomplete(tracker_client& client, std::string const& swarm) {
  return client.scrape({swarm}).fields.at("files").begin()->at("incomplete");
}

// Defence: webtorrent.scrape_all is off.
TEST(HostileScrape, OfEverythingIsRefused) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  tracker_client harvester{server.plain()};

  harvester.send(R"({"action":"scrape"})");

  auto const got = harvester.receive();
  EXPECT_TRUE(got.is_failure() || got.fields.value("failure reason", "") != "") << got.text;
  EXPECT_EQ(got.text.find(json(beside.swarm()).dump()), std::string::npos);
}

// Defence: the tenant of the scrape; shard::on(scrape_message).
TEST(HostileScrape, OfEverythingShowsNothingOfAnotherTenant) {
  tracker server{besieged(
      {"webtorrent.scrape_all=true", "tenants.a.access.mode=open", "tenants.b.access.mode=open"})};
  honest_swarm const beside{server.plain(), {.path = "/t/a/"}};
  tracker_client harvester{server.plain(), {.path = "/t/b/"}};
  auto const own = fresh_swarm();
  harvester.announce({.swarm = own, .peer = fresh_peer()});

  harvester.send(R"({"action":"scrape"})");
  auto const got = harvester.receive();

  ASSERT_TRUE(got.is_scrape()) << got.text;
  EXPECT_EQ(got.fields.at("files").size(), 1U) << got.text;
  EXPECT_EQ(incomplete(harvester, beside.swarm()), 0) << "nor by its name";
  EXPECT_EQ(incomplete(harvester, own), 1);
}

// Defence: whose token names some swarms learns nothing of the others.
TEST(HostileScrape, WithATokenForOneSwarmShowsThatOneAlone) {
  tracker server{besieged({"webtorrent.scrape_all=true", "tenants.a.access.mode=token",
                           "tenants.a.tokens.secrets=k:" + std::string{secret_of_a}})};
  honest_swarm const beside{server.plain(),
                            showing(signed_by(secret_of_a, claims_for("a")), "/t/a/")};
  auto claims = claims_for("a");
  auto const own = fresh_swarm();
  claims.swarms = std::vector<std::string>{hex_of(own)};
  tracker_client harvester{server.plain(), showing(signed_by(secret_of_a, claims), "/t/a/")};
  harvester.announce({.swarm = own, .peer = fresh_peer()});

  harvester.send(R"({"action":"scrape"})");
  auto const got = harvester.receive();

  EXPECT_EQ(got.text.find(json(beside.swarm()).dump()), std::string::npos) << got.text;
  EXPECT_TRUE(got.has("failure reason")) << got.text;
  EXPECT_EQ(incomplete(harvester, beside.swarm()), 0);
  EXPECT_EQ(incomplete(harvester, own), 1);
}

// Defence: webtorrent.scrape_hashes_max and session.scrapes_max.
TEST(HostileScrape, FloodIsBounded) {
  tracker server{besieged({"webtorrent.scrape_hashes_max=100"})};
  honest_swarm beside{server.plain()};
  tracker_client harvester{server.plain()};
  std::vector<std::string> many;
  for (int i = 0; i < 101; ++i) many.push_back(fresh_swarm());

  harvester.send(scrape_message(many));
  EXPECT_TRUE(harvester.receive().is_failure());
  many.pop_back();
  std::string const some = encode({.payload = scrape_message(many)});
  harvester.socket().send_bytes(repeated(some, 40));
  for (int i = 0; i < 40; ++i) {
    auto const got = harvester.receive();
    ASSERT_TRUE(got.is_scrape() || got.is_failure()) << got.text;
  }

  EXPECT_TRUE(beside.relays_on());
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// The lists of the admin API against what clients really did.
#include "tests/integration/admin_client.hpp"
#include "tests/integration/tracker.hpp"
#include "tests/support/certificate.hpp"

#include <deque>

namespace waggle::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int age_ms_max = 10'000;

class Census : public CoresTest {
 protected:
  Census() : server_{behind_a_proxy()} {}

  static tracker_options behind_a_proxy() {
    auto options = cores();
    options.arguments = {"--trusted-proxies", "127.0.0.1/32"};
    return options;
  }
  /// `members` clients join a new swarm. What they are called, and where they come from, is theirs.
  std::string make_swarm(int members) {
    auto const swarm = fresh_swarm();
    for (int i = 0; i < members; ++i) {
      clients_.emplace_back(
          server_.plain(),
          ws_options{.headers = {{"X-Forwarded-For", "198.51.100." + std::to_string(i + 1)},
                                 {"User-Agent",
                                  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) "
                                  "Gecko/20100101 Firefox/140.0"}}});
      clients_.back().announce(
          {.swarm = swarm, .peer = "-WW0208-" + fresh_peer().substr(8), .left = i == 0 ? 0 : 1});
    }
    return swarm;
  }
  [[nodiscard]] std::vector<std::string> hashes(std::string const& path) const {
    auto const page = operator_.get(path);
    std::vector<std::string> found;
    for (auto const& row : page.at("items")) found.push_back(row.at("info_hash"));
    return found;
  }

  tracker server_;
  admin_client operator_{server_.process().internal()};
  std::deque<tracker_client> clients_;
};

TEST_P(Census, ListsSwarmsByMembersAndFindsThemByTheirHash) {
  auto const small = hex_of(make_swarm(1));
  auto const large = hex_of(make_swarm(4));
  auto const middle = hex_of(make_swarm(2));

  EXPECT_TRUE(eventually([&] { return hashes("swarms").size() == 3; }));
  EXPECT_THAT(hashes("swarms"), ElementsAre(large, middle, small));
  EXPECT_THAT(hashes("swarms?limit=1&offset=1"), ElementsAre(middle));
  EXPECT_THAT(hashes("swarms?q=" + small.substr(0, 38)), ElementsAre(small));
  auto const page = operator_.get("swarms?limit=2");
  EXPECT_EQ(page.at("total"), 3);
  EXPECT_LE(page.at("age_ms"), age_ms_max);
  EXPECT_EQ(page.at("items")[0].at("complete"), 1);
  EXPECT_EQ(page.at("items")[0].at("incomplete"), 3);
  EXPECT_THROW(static_cast<void>(operator_.get("swarms?limit=501")), std::runtime_error);
}

class NamedCensus : public CoresTest {};

TEST_P(NamedCensus, FindsSwarmsByTheNamesOfTheirContent) {
  temporary_folder const folder;
  auto const one = fresh_swarm();
  auto const two = fresh_swarm();
  auto const file = folder.write(
      "content.json", R"({"contents":[{"name":"movies/a name that is longer than an id",)"
                      R"("info_hashes":[")" +
                          hex_of(one) + R"("]},{"name":"live/two","info_hashes":[")" + hex_of(two) +
                          R"("]}]})");
  tracker server{cores({"tenants.acme.access.content_file=" + file})};
  tracker_client client{server.plain(), {.path = "/t/acme/"}};
  for (auto const& swarm : {one, two, fresh_swarm()}) {
    client.announce({.swarm = swarm, .peer = fresh_peer()});
  }
  admin_client const operators{server.process().internal()};

  json found;
  EXPECT_TRUE(eventually([&] {
    found = operators.get("swarms?q=movies/a%20name");
    return found.at("total") == 1;
  }));

  EXPECT_EQ(found.at("items")[0].at("info_hash"), hex_of(one));
  EXPECT_EQ(found.at("items")[0].at("name"), "movies/a name that is longer than an id");
  EXPECT_EQ(operators.get("swarms?q=live/").at("total"), 1);
  EXPECT_EQ(operators.get("swarms?q=two").at("total"), 0) << "names begin so, or do not";
}
WAGGLE_ON_ONE_AND_TWO_CORES(NamedCensus);

TEST_P(Census, OrdersSwarmsByRelaysAndJoins) {
  auto const quiet = make_swarm(4);
  auto const busy = make_swarm(2);
  clients_.back().announce({.swarm = busy,
                            .peer = fresh_peer(),
                            .event = "",
                            .left = 1,
                            .numwant = 1,
                            .offers = some_offers("busy", 1)});
  EXPECT_TRUE(eventually([&] {
    auto const order = hashes("swarms?order=relays");
    return order.size() == 2 && order.front() == hex_of(busy);
  }));
  EXPECT_EQ(hashes("swarms?order=joins").front(), hex_of(quiet));
}

TEST_P(Census, ShowsTheMembersOfOneSwarm) {
  auto const swarm = make_swarm(3);
  auto const detail = operator_.get("swarms/" + hex_of(swarm));

  EXPECT_EQ(detail.at("members"), 3);
  EXPECT_EQ(detail.at("joins"), 3);
  EXPECT_EQ(detail.at("peak"), 3);
  ASSERT_EQ(detail.at("items").size(), 3U);
  auto const& one = detail.at("items")[0];
  EXPECT_EQ(one.at("address"), "198.51.100.0/24") << "truncated";
  EXPECT_EQ(one.at("library"), "WebTorrent");
  EXPECT_EQ(one.at("version"), "2.8");
  EXPECT_EQ(operator_.get("swarms/" + hex_of(swarm) + "?limit=2").at("items").size(), 2U);
  EXPECT_THROW(static_cast<void>(operator_.get("swarms/" + hex_of(fresh_swarm()))),
               std::runtime_error);
}

TEST_P(Census, CountsOffersAndAnswersOfAMember) {
  auto const swarm = make_swarm(1);
  auto const peer = fresh_peer();
  tracker_client caller{server_.plain()};
  auto const offers = some_offers("counted", 1);
  caller.announce({.swarm = swarm, .peer = peer, .left = 1, .numwant = 1, .offers = offers});
  auto const offered = clients_.back().receive();
  ASSERT_TRUE(offered.is_offer());
  clients_.back().send(answer_message({.swarm = swarm,
                                       .peer = binary_string("-WW0208-000000000000"),
                                       .to = peer,
                                       .offer_id = offers[0].id}));
  EXPECT_TRUE(eventually([&] {
    auto const items = operator_.get("swarms/" + hex_of(swarm)).at("items");
    return std::any_of(items.begin(), items.end(),
                       [](json const& row) { return row.at("offers_received") == 1; });
  }));
}

TEST_P(Census, GroupsClientsAndListsTheirConnections) {
  make_swarm(3);
  EXPECT_TRUE(eventually([&] {
    auto const groups = operator_.get("clients").at("items");
    return groups.size() == 1 && groups[0].at("connections") == 3;
  }));
  auto const group = operator_.get("clients").at("items")[0];
  EXPECT_EQ(group.at("library"), "WebTorrent");
  EXPECT_THAT(group.at("browser").get<std::string>(), HasSubstr("Firefox"));
  auto const connections = operator_.get("connections?limit=2");
  EXPECT_EQ(connections.at("total"), 3);
  ASSERT_EQ(connections.at("items").size(), 2U);
  EXPECT_EQ(connections.at("items")[0].at("address"), "198.51.100.0/24");
  EXPECT_EQ(connections.at("items")[0].at("memberships"), 1);
}

TEST_P(Census, CountsRefusalsByTheirReason) {
  tracker_client client{server_.plain()};
  client.send("{");
  EXPECT_TRUE(client.receive().is_failure());
  auto const refusals = operator_.get("refusals").at("items");
  EXPECT_TRUE(std::any_of(refusals.begin(), refusals.end(), [](json const& row) {
    return row == json{{"kind", "failure"}, {"reason", "not_json"}, {"total", 1}};
  })) << refusals;
}

WAGGLE_ON_ONE_AND_TWO_CORES(Census);

}  // namespace
}  // namespace waggle::test

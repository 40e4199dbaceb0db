// SPDX-License-Identifier: Apache-2.0
// When the answers of the cores come late, twice, or after whoever asked is gone.
#include "tests/unit/server/control/fixture.hpp"

#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using namespace std::chrono_literals;

constexpr char const* some_swarm = "/stats.json?info_hash=0011223344556677889900112233445566778899";

struct Scrape : test::listening {
  static std::vector<core_snapshot> peers(std::uint64_t count) {
    return {{.core = 0, .peers = count}};
  }
  static std::uint64_t peers_in(test::reply const& answer) {
    return nlohmann::json::parse(answer.body).at("peers").get<std::uint64_t>();
  }
};

TEST_F(Scrape, AnswerMayComeLater) {
  view_.hold = true;
  open();
  auto& client = connect();
  client.get(some_swarm);
  turn_until([&] { return !view_.held_counts.empty(); });

  view_.held_counts[0]({.complete = 1, .incomplete = 2});

  EXPECT_EQ(peers_in(answer_to(client)), 3U);
}

TEST_F(Scrape, WhoeverAsksMeanwhileSharesTheNextCollection) {
  view_.hold = true;
  open();
  auto& first = connect();
  first.get("/stats.json");
  turn_until([&] { return view_.collections == 1; });
  auto& second = connect();
  auto& third = connect();
  second.get("/stats.json");
  third.get("/metrics");
  auto& witness = connect();  // its answer shows that the others were read
  witness.get("/healthz");
  EXPECT_EQ(answer_to(witness).status, 200U);
  EXPECT_EQ(view_.collections, 1);

  view_.held_collections[0](peers(1));
  EXPECT_EQ(peers_in(answer_to(first)), 1U);
  EXPECT_EQ(view_.collections, 2);
  view_.held_collections[1](peers(2));

  EXPECT_EQ(peers_in(answer_to(second)), 2U);  // never of a time before the question
  EXPECT_NE(answer_to(third).body.find("\nwaggle_peers 2\n"), std::string::npos);
  EXPECT_EQ(view_.collections, 2);
}

TEST_F(Scrape, CoresThatDoNotAnswerAre503AndRecover) {
  view_.hold = true;
  open({}, 20ms);

  EXPECT_EQ(get("/metrics").status, 503U);
  EXPECT_EQ(get("/stats.json").status, 503U);
  EXPECT_EQ(get(some_swarm).status, 503U);
  EXPECT_EQ(view_.collections, 1);  // nothing piles up in front of a core that is stuck

  view_.hold = false;
  view_.held_counts[0]({});
  view_.held_collections[0](peers(1));
  view_.cores = peers(5);

  EXPECT_EQ(peers_in(get("/stats.json")), 5U);
}

TEST_F(Scrape, ClientThatLeavesBeforeTheAnswerHurtsNobody) {
  view_.hold = true;
  open();
  auto& hasty = connect();
  hasty.get("/metrics");
  turn_until([&] { return !view_.held_collections.empty(); });

  hasty.close();
  view_.held_collections[0](peers(1));

  view_.hold = false;
  EXPECT_EQ(get("/healthz").body, "ok");
  EXPECT_EQ(get("/metrics").status, 200U);
}

TEST_F(Scrape, AnswerMayComeAfterTheListenerAndEvenAfterTheLoop) {
  view_.hold = true;
  open();
  connect().get("/metrics");
  connect().get(some_swarm);
  turn_until([&] { return !view_.held_collections.empty() && !view_.held_counts.empty(); });

  listener_.reset();
  view_.held_counts[0]({});
  clients_.clear();
  loop_.reset();

  view_.held_collections[0](peers(1));
  view_.held_counts[0]({});
}

}  // namespace
}  // namespace waggle

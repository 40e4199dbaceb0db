// SPDX-License-Identifier: Apache-2.0
// The flight recorder by the admin API: who was offered to whom, and why something was dropped.
#include "tests/integration/admin_client.hpp"
#include "tests/integration/tracker.hpp"

#include <algorithm>

namespace waggle::test {
namespace {

class Recorder : public CoresTest {
 protected:
  [[nodiscard]] json events() const {
    return operator_.get("swarms/" + hex_of(swarm_) + "/events").at("items");
  }
  /// Whether one of the events is of this kind, from this peer, to that one ("" for nobody).
  [[nodiscard]] bool has(std::string const& what, std::string const& from,
                         std::string const& to) const {
    auto const all = events();
    return std::any_of(all.begin(), all.end(), [&](json const& each) {
      auto const other = each.at("other_peer_id");
      return each.at("what") == what && each.at("peer_id") == hex_of(from) &&
             (to.empty() ? other.is_null() : other == hex_of(to));
    });
  }
  void exchange() {
    auto const offers = some_offers(std::to_string(++exchanges_), 1);
    caller_.announce(
        {.swarm = swarm_, .peer = peers_[0], .event = "", .numwant = 1, .offers = offers});
    ASSERT_TRUE(callee_.receive().is_offer());
    callee_.send(answer_message(
        {.swarm = swarm_, .peer = peers_[1], .to = peers_[0], .offer_id = offers[0].id}));
    ASSERT_TRUE(caller_.receive().is_answer());
  }

  tracker server_{cores()};
  admin_client operator_{server_.process().internal()};
  std::string swarm_ = fresh_swarm();
  std::array<std::string, 2> peers_{fresh_peer(), fresh_peer()};
  tracker_client caller_{server_.plain()};
  tracker_client callee_{server_.plain()};
  int exchanges_ = 0;
};

TEST_P(Recorder, TellsWhoCameAndOfAWatchedSwarmWhoWasOfferedToWhom) {
  caller_.announce({.swarm = swarm_, .peer = peers_[0]});
  callee_.announce({.swarm = swarm_, .peer = peers_[1]});
  exchange();
  EXPECT_TRUE(has("join", peers_[0], ""));
  EXPECT_TRUE(has("join", peers_[1], ""));
  EXPECT_FALSE(has("offer", peers_[0], peers_[1])) << "only of a watched swarm";

  auto const watch = "swarms/" + hex_of(swarm_) + "/watch";
  EXPECT_EQ(operator_.put(watch).status, 204);
  EXPECT_EQ(operator_.get("watched").at("items"), json::array({hex_of(swarm_)}));
  EXPECT_TRUE(eventually([&] {
    exchange();
    return has("offer", peers_[0], peers_[1]) && has("answer", peers_[1], peers_[0]);
  }));

  EXPECT_EQ(operator_.remove(watch).status, 204);
  EXPECT_TRUE(operator_.get("watched").at("items").empty());
}

TEST_P(Recorder, WhoWatchesAndEndsItIsWrittenDown) {
  auto const watch_of = [](std::string const& swarm) { return "swarms/" + swarm + "/watch"; };
  auto const hash = hex_of(swarm_);
  EXPECT_EQ(operator_.put(watch_of(hash)).status, 204);
  EXPECT_EQ(operator_.remove(watch_of(hash)).status, 204);
  for (int i = 0; i < 17; ++i) {
    EXPECT_EQ(operator_.put(watch_of(hex_of(fresh_swarm()))).status == 204, i < 16);
  }

  auto const audit = operator_.get("audit").at("items");  // the newest first

  ASSERT_EQ(audit.size(), 19U);
  EXPECT_EQ(audit[0].at("ok"), false) << "one too many";
  EXPECT_THAT(audit[0].at("detail").get<std::string>(), testing::HasSubstr("16 swarms"));
  auto const expect = [](json const& got, std::string const& action, std::string const& detail) {
    EXPECT_EQ(got.at("action"), action);
    EXPECT_EQ(got.at("detail"), detail);
    EXPECT_EQ(got.at("actor"), "loopback");
    EXPECT_EQ(got.at("ok"), true);
  };
  expect(audit[17], "watch.end", "info_hash=" + hash);
  expect(audit[18], "watch.add", "info_hash=" + hash);
}

TEST_P(Recorder, SaysWhyAnAnswerWasDropped) {
  EXPECT_EQ(operator_.put("swarms/" + hex_of(swarm_) + "/watch").status, 204);
  caller_.announce({.swarm = swarm_, .peer = peers_[0]});
  callee_.announce({.swarm = swarm_, .peer = peers_[1]});
  EXPECT_TRUE(eventually([&] {
    callee_.send(answer_message(
        {.swarm = swarm_, .peer = peers_[1], .to = peers_[0], .offer_id = "of no offer at all!!"}));
    auto const all = events();
    return std::any_of(all.begin(), all.end(), [](json const& each) {
      return each.at("what") == "unroutable" && !each.at("why").get<std::string>().empty();
    });
  }));
}

WAGGLE_ON_ONE_AND_TWO_CORES(Recorder);

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// A connection with so many memberships that they are found by an index.
#include "tests/unit/server/session/talking_client.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;

TEST(TrackerManyMemberships, AreKnownInAnyOrderOfComingAndGoing) {
  auto const seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  talking_client client{{.memberships_max = 250}};
  std::set<int> model;
  for (int step = 0; step < 4'000; ++step) {
    auto const which = static_cast<int>(random() % 300);
    // In turn more come than go and the other way round: past the bound, and down to a few.
    auto const stops = random() % 3 < (step / 500 % 2 == 0 ? 1U : 2U);
    announce_text what{.swarm = which};
    if (stops) what.more = {{"event", "stopped"}};
    client.announces(what);
    auto const sent = client.sent<announce_message>();
    ASSERT_EQ(sent.size(), 1U);
    ASSERT_EQ(sent[0].first.known, model.contains(which)) << step;
    if (stops) {
      model.erase(which);
    } else if (model.contains(which) || model.size() < 250) {
      model.insert(which);
      ASSERT_TRUE(sent[0].first.remember);
    } else {
      ASSERT_FALSE(sent[0].first.remember);
    }
    ASSERT_EQ(client.talk->facts().memberships, model.size());
  }

  client.talk->on_close(conversation::ending::over);
  EXPECT_EQ(client.sent<leave_message>().size(), model.size());
}

TEST(TrackerManyMemberships, AreKnownAfterSomeHaveLeftAndOthersCome) {
  talking_client client;
  for (int i = 0; i < 100; ++i) client.announces({.swarm = i});
  for (int i = 0; i < 90; ++i) client.announces({.swarm = i, .more = {{"event", "stopped"}}});
  for (int i = 200; i < 220; ++i) client.announces({.swarm = i});
  static_cast<void>(client.sent<announce_message>());

  for (int i = 200; i < 220; ++i) client.announces({.swarm = i});
  for (auto const& [said, core] : client.sent<announce_message>()) ASSERT_TRUE(said.known);
  ASSERT_EQ(client.talk->facts().memberships, 30U);
  for (int i = 90; i < 100; ++i) client.announces({.swarm = i, .more = {{"event", "stopped"}}});
  for (int i = 200; i < 220; ++i) client.announces({.swarm = i, .more = {{"event", "stopped"}}});
  EXPECT_EQ(client.talk->facts().memberships, 0U);
}

TEST(TrackerManyMemberships, CountWhatEachWasOffered) {
  talking_client client;
  for (int i = 0; i < 200; ++i) client.announces({.swarm = i});

  offer_delivery const offer{
      .swarm = swarm(150), .to = peer(1), .offer_id = {"\"id\""}, .body = {"{}"}};
  client.shard_says(offer);
  client.shard_says(offer);

  EXPECT_EQ(client.talk->facts_of(swarm(150), peer(1))->offers_received, 2U);
  EXPECT_EQ(client.talk->facts_of(swarm(151), peer(1))->offers_received, 0U);
  EXPECT_FALSE(client.talk->facts_of(swarm(200), peer(1)));
}

}  // namespace
}  // namespace waggle::test

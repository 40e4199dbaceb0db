// SPDX-License-Identifier: Apache-2.0
// What becomes of a link: its words, its outcome, its end.
#include "tests/unit/server/core/mesh/native_peers.hpp"

namespace waggle::test {
namespace {

using mesh::relay_kind;

/// Two peers and the link between them.
struct pair_of_peers {
  explicit pair_of_peers(mesh::mesh_limits const& limits = {}) : swarm(limits) {
    swarm.join(1);
    auto const found = native_peers::matches_in(swarm.join(2));
    EXPECT_EQ(found.size(), 1U);
    if (!found.empty()) between = found.front();
  }

  native_peers swarm;
  native_peers::matched between;
};

TEST(MeshLink, WordsReachTheOtherEndWithItsHandle) {
  pair_of_peers two;
  auto const [link, first, second] = two.between;

  auto const offer =
      only<mesh::carried>(two.swarm.relay(first, link, relay_kind::offer, R"({"u":1})"));
  auto const answer = only<mesh::carried>(two.swarm.relay(second, link, relay_kind::answer));
  auto const ice = only<mesh::carried>(two.swarm.relay(first, link, relay_kind::ice, "[]"));

  ASSERT_EQ(offer.size(), 1U);
  EXPECT_EQ(offer[0].first, session(second));
  EXPECT_EQ(offer[0].second.handle, native_peers::handle_of(second));
  EXPECT_EQ(offer[0].second.link, link);
  EXPECT_EQ(offer[0].second.body.json, R"({"u":1})");
  EXPECT_EQ(offer[0].second.address_tag, first);
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0].first, session(first));
  ASSERT_EQ(ice.size(), 1U);
  EXPECT_EQ(ice[0].second.kind, relay_kind::ice);
}

TEST(MeshLink, OnlyTheInitiatorOffersAndOnlyTheOtherAnswers) {
  pair_of_peers two;
  auto const [link, first, second] = two.between;

  for (auto const& said : {two.swarm.relay(second, link, relay_kind::offer),
                           two.swarm.relay(first, link, relay_kind::answer)}) {
    EXPECT_TRUE(only<mesh::carried>(said).empty());
    auto const refused = only<mesh::refused>(said);
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].second.why, mesh::refusal::no_link);
  }
}

TEST(MeshLink, StrangerHasNoPartInIt) {
  pair_of_peers two;
  auto const link = two.between.link;

  auto const said = two.swarm.relay(9, link, relay_kind::offer);
  EXPECT_TRUE(only<mesh::carried>(said).empty());
  two.swarm.outcome(9, link, /*open=*/true);
  two.swarm.drop(9, link);

  EXPECT_EQ(two.swarm.graph().totals().pending, 1U);
  EXPECT_EQ(two.swarm.graph().counts().unroutable, 2U);
}

TEST(MeshLink, OpenIsCountedOnceWhoeverTells) {
  pair_of_peers two;
  auto const [link, first, second] = two.between;

  two.swarm.outcome(first, link, /*open=*/true);
  two.swarm.outcome(second, link, /*open=*/true);

  EXPECT_EQ(two.swarm.graph().counts().links_opened, 1U);
  EXPECT_EQ(two.swarm.graph().counts().opened_over[1], 1U);
  EXPECT_EQ(two.swarm.graph().totals().open, 1U);
  EXPECT_EQ(two.swarm.graph().totals().pending, 0U);
}

TEST(MeshLink, FailureTellsTheOtherEndAndThePairRests) {
  pair_of_peers two;
  auto const [link, first, second] = two.between;

  auto const said = two.swarm.outcome(first, link, /*open=*/false);

  auto const ended = only<mesh::ended>(said);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].first, session(second));
  EXPECT_EQ(ended[0].second.why, mesh::ending::failed);
  EXPECT_TRUE(only<mesh::match>(said).empty());
  EXPECT_TRUE(only<mesh::match>(two.swarm.shard.tick_at(two.swarm.shard.now + 60s)).empty());
  EXPECT_EQ(two.swarm.graph().totals(), (mesh::mesh_totals{.peers = 2}));
}

TEST(MeshLink, FailureIsMadeUpForByAnotherPeer) {
  pair_of_peers two;
  auto const [link, first, second] = two.between;
  two.swarm.join(3, {.want = 0});
  two.swarm.shard.handle(mesh::change{session(3), two.swarm.where, peer(3), {.want = 1}});
  // Peer 3 has one link and may have two.
  auto const said = two.swarm.outcome(first, link, /*open=*/false);

  auto const made = native_peers::matches_in(said);
  EXPECT_EQ(made.size(), 1U);
  for (auto const& each : made) {
    EXPECT_TRUE(each.first == 3 || each.second == 3);
  }
}

TEST(MeshLink, ManyFailuresMakeAPeerRest) {
  native_peers swarm{{.rest_min = 1s, .rest_max = 8s}};
  for (std::uint32_t who = 2; who <= 40; ++who) swarm.join(who, {.want = 24});
  auto said = swarm.join(1, {.want = 1});
  int matches = 0;
  // All that peer 1 tries fails at once.
  for (int round = 0; round < 20; ++round) {
    for (auto const& each : native_peers::matches_in(said)) {
      if (each.first != 1 && each.second != 1) continue;
      ++matches;
      said = swarm.outcome(1, each.link, /*open=*/false);
    }
  }

  EXPECT_EQ(matches, 2);  // the first failure may be an accident
  said = swarm.shard.tick_at(swarm.shard.now + 3s);
  EXPECT_EQ(native_peers::matches_in(said).size(), 1U);
}

TEST(MeshLink, WithoutOutcomeItEndsForBoth) {
  pair_of_peers two{{.link_deadline = 20s}};
  auto const link = two.between.link;
  EXPECT_TRUE(two.swarm.shard.tick_at(two.swarm.shard.now + 19s).empty());

  auto const ended = only<mesh::ended>(two.swarm.shard.tick_at(two.swarm.shard.now + 1s));

  ASSERT_EQ(ended.size(), 2U);
  for (auto const& [to, what] : ended) {
    EXPECT_EQ(what.link, link);
    EXPECT_EQ(what.why, mesh::ending::timeout);
  }
  EXPECT_EQ(two.swarm.graph().counts().links_failed[1], 1U);
}

TEST(MeshLink, OpenOneHasNoDeadline) {
  pair_of_peers two;
  two.swarm.outcome(two.between.first, two.between.link, /*open=*/true);

  EXPECT_TRUE(only<mesh::ended>(two.swarm.shard.tick_at(two.swarm.shard.now + 600s)).empty());
}

TEST(MeshLink, DropTellsTheOtherEnd) {
  pair_of_peers two;
  auto const [link, first, second] = two.between;
  two.swarm.outcome(first, link, /*open=*/true);

  auto const said = two.swarm.drop(second, link);

  auto const ended = only<mesh::ended>(said);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].first, session(first));
  EXPECT_EQ(ended[0].second.why, mesh::ending::closed);
  // Nothing was wrong with the pair: it is matched again, since there is nobody else.
  EXPECT_EQ(native_peers::matches_in(said).size(), 1U);
  EXPECT_EQ(two.swarm.graph().counts().links_ended, 1U);
}

TEST(MeshLink, NumberOfAnEndedOneIsNoLongerGood) {
  pair_of_peers two;
  auto const [link, first, second] = two.between;
  two.swarm.drop(first, link);

  EXPECT_TRUE(only<mesh::carried>(two.swarm.relay(first, link, relay_kind::offer)).empty());
  EXPECT_TRUE(only<mesh::ended>(two.swarm.drop(second, link)).empty());
}

TEST(MeshLink, NumbersThatNobodyHasAreRefused) {
  pair_of_peers two;

  for (auto const number : {std::uint64_t{0}, two.between.link + 1, native::link_number_max,
                            std::uint64_t{5} << 16U, std::uint64_t{400} << 16U}) {
    EXPECT_TRUE(only<mesh::carried>(two.swarm.relay(1, number, relay_kind::ice)).empty());
    two.swarm.outcome(1, number, /*open=*/true);
    two.swarm.drop(1, number);
  }
  EXPECT_EQ(two.swarm.graph().totals().pending, 1U);
}

TEST(MeshLink, NumberIsBelowTwoToThe53) {
  native_peers swarm;
  for (std::uint32_t who = 1; who <= 300; ++who) {
    for (auto const& [to, what] : only<mesh::match>(swarm.join(who))) {
      EXPECT_LE(what.link, native::link_number_max);
    }
  }
}

}  // namespace
}  // namespace waggle::test

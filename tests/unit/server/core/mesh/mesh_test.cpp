// SPDX-License-Identifier: Apache-2.0
// Who is matched with whom, and when (docs/protocol/native.md#the-graph).
#include "tests/unit/server/core/mesh/native_peers.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace waggle::test {
namespace {

using mesh::link_id;

std::uint32_t members_told(std::vector<sent> const& said) {
  auto const joined = only<mesh::joined>(said);
  EXPECT_EQ(joined.size(), 1U);
  return joined.empty() ? 0 : joined.front().second.members;
}

TEST(Mesh, FirstPeerIsAloneAndTheSecondIsMatchedWithIt) {
  native_peers swarm;

  auto const first = swarm.join(1);
  auto const second = swarm.join(2);

  EXPECT_EQ(members_told(first), 1U);
  EXPECT_TRUE(only<mesh::match>(first).empty());
  EXPECT_EQ(members_told(second), 2U);
  auto const matches = only<mesh::match>(second);
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].second.link, matches[1].second.link);
  EXPECT_NE(matches[0].second.initiator, matches[1].second.initiator);
  for (auto const& [to, what] : matches) {
    EXPECT_EQ(what.handle, native_peers::handle_of(to.slot));
    EXPECT_EQ(what.peer, peer(to.slot == 1 ? 2 : 1));
    EXPECT_FALSE(what.same_address);
    EXPECT_FALSE(what.open);
  }
  EXPECT_EQ(second.front().to, session(2));  // that it is in the swarm comes before anything else
  EXPECT_TRUE(std::holds_alternative<mesh::joined>(second.front().what));
}

TEST(Mesh, NewcomerGetsHalfOfWhatItWantsButAtLeastFour) {
  for (auto const& [want, expected] :
       std::map<std::uint8_t, std::size_t>{{0, 0}, {1, 1}, {3, 3}, {8, 4}, {12, 6}, {24, 12}}) {
    native_peers swarm;
    for (std::uint32_t who = 1; who <= 30; ++who) swarm.join(who, {.want = 24});

    auto const said = swarm.join(31, {.want = want});

    EXPECT_EQ(native_peers::matches_in(said).size(), expected) << int{want};
  }
}

TEST(Mesh, NobodyHasMoreThanTwiceWhatItWantsOrTheBound) {
  native_peers swarm;
  swarm.join(1, {.want = 2});
  swarm.join(2, {.want = 24});
  for (std::uint32_t who = 3; who <= 200; ++who) swarm.join(who, {.want = 8});

  swarm.graph().visit_nodes(swarm.where, [&](mesh::node const& each) {
    EXPECT_LE(each.links, each.at.slot == 1 ? 4 : each.at.slot == 2 ? 24 : 16);
  });
}

TEST(Mesh, PairIsMatchedOnce) {
  native_peers swarm;
  for (std::uint32_t who = 1; who <= 6; ++who) swarm.join(who);

  for (int round = 0; round < 20; ++round) {
    for (std::uint32_t who = 1; who <= 6; ++who) {
      swarm.shard.handle(mesh::more{session(who), swarm.where, peer(who), 8, {}});
    }
  }

  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  std::size_t ends = 0;
  swarm.graph().visit_links(swarm.where, [&](auto const& one, auto const&, auto const& other) {
    ++ends;
    pairs.insert(std::minmax(one.at.slot, other.at.slot));
  });
  EXPECT_EQ(pairs.size(), 15U);  // everybody with everybody
  EXPECT_EQ(ends, 30U);
}

TEST(Mesh, MoreAvoidsThoseThatAreNamed) {
  native_peers swarm;
  std::vector<peer_id> others;
  for (std::uint32_t who = 1; who <= 10; ++who) {
    swarm.join(who, {.want = 24});
    others.push_back(peer(who));
  }
  swarm.join(11, {.want = 1});
  auto const ask = [&](std::vector<peer_id> const& except) {
    return native_peers::matches_in(
        swarm.shard.handle(mesh::more{session(11), swarm.where, peer(11), 8, except}));
  };

  EXPECT_TRUE(ask(others).empty());
  EXPECT_EQ(ask({}).size(), 1U);  // it has two links then, twice what it wants
  EXPECT_TRUE(ask({}).empty());
}

TEST(Mesh, PeerIdThatIsInUseIsRefused) {
  native_peers swarm;
  swarm.join(1);

  auto const said = swarm.shard.handle(mesh::join{.from = session(9),
                                                  .swarm = swarm.where,
                                                  .peer = peer(1),
                                                  .handle = 7,
                                                  .state = {},
                                                  .open_with = {}});

  auto const refused = only<mesh::refused>(said);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].first, session(9));
  EXPECT_EQ(refused[0].second.why, mesh::refusal::id_in_use);
  EXPECT_EQ(refused[0].second.handle, 7);
  EXPECT_EQ(swarm.graph().totals().peers, 1U);
}

TEST(Mesh, FullSwarmRefusesTheNext) {
  native_peers swarm{{}, {.members_max = 2}};
  swarm.join(1);
  swarm.join(2);

  auto const refused = only<mesh::refused>(swarm.join(3));

  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].second.why, mesh::refusal::full);
}

TEST(Mesh, LeavingTellsTheOtherEndsAndMendsWhatTheyLack) {
  native_peers swarm;
  for (std::uint32_t who = 1; who <= 12; ++who) swarm.join(who);
  std::set<std::uint32_t> neighbours;
  swarm.graph().visit_links(swarm.where, [&](auto const& one, auto const&, auto const& other) {
    if (one.at == session(5)) neighbours.insert(other.at.slot);
  });

  auto const said = swarm.leave(5);

  std::set<std::uint32_t> told;
  for (auto const& [to, what] : only<mesh::ended>(said)) {
    EXPECT_EQ(what.why, mesh::ending::left);
    told.insert(to.slot);
  }
  EXPECT_EQ(told, neighbours);
  swarm.graph().visit_nodes(swarm.where, [&](mesh::node const& each) { EXPECT_GE(each.links, 4); });
  EXPECT_EQ(swarm.shard.state().find(swarm.where)->counts().incomplete, 11U);
}

TEST(Mesh, SessionThatIsOverIsGone) {
  native_peers swarm;
  swarm.join(1);
  swarm.join(2);

  auto const ended = only<mesh::ended>(swarm.leave(2, /*session_over=*/true));

  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].second.why, mesh::ending::gone);
  swarm.leave(1);
  EXPECT_EQ(swarm.shard.state().find(swarm.where), nullptr);
  EXPECT_EQ(swarm.graph().totals(), mesh::mesh_totals{});
}

TEST(Mesh, SwarmOfTheSameNameOfATrackerIsAnother) {
  native_peers swarm;
  swarm.shard.join(50, 50);
  swarm.join(1);

  auto const said = swarm.shard.offer(51, 51, offer_list{2});

  EXPECT_TRUE(only<mesh::match>(said).empty());
  auto const offers = only<offer_delivery>(said);
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0].first, session(50));
}

TEST(Mesh, MembershipNeverAgesOut) {
  native_peers swarm;
  swarm.join(1);

  auto const said = swarm.shard.tick_at(swarm.shard.now + std::chrono::hours{100});

  EXPECT_TRUE(only<expiry_message>(said).empty());
  EXPECT_EQ(swarm.graph().totals().peers, 1U);
}

TEST(Mesh, WhoHasAllCountsAsComplete) {
  native_peers swarm;
  swarm.join(1, {.have = 100});
  swarm.join(2, {.have = 30});
  auto const counts = [&] { return swarm.shard.state().find(swarm.where)->counts(); };
  EXPECT_EQ(counts(), (swarm_counts{.complete = 1, .incomplete = 1}));

  swarm.shard.handle(mesh::change{session(2), swarm.where, peer(2), {.have = 100}});

  EXPECT_EQ(counts(), (swarm_counts{.complete = 2, .incomplete = 0}));
}

TEST(Mesh, WhoWantsMoreGetsMore) {
  native_peers swarm;
  for (std::uint32_t who = 1; who <= 20; ++who) swarm.join(who);
  swarm.join(21, {.want = 2});

  auto const said =
      swarm.shard.handle(mesh::change{session(21), swarm.where, peer(21), {.want = 24}});

  EXPECT_EQ(native_peers::matches_in(said).size(), 10U);
}

TEST(Mesh, NobodyIsMatchedWhileLinksAreOffAndAllAreMendedAfterwards) {
  native_peers swarm{{.p2p = false}};
  swarm.join(1);
  EXPECT_TRUE(only<mesh::match>(swarm.join(2)).empty());
  EXPECT_TRUE(only<mesh::match>(swarm.shard.tick_at(swarm.shard.now + 1s)).empty());

  swarm.shard.use(shard_limits{});

  EXPECT_EQ(native_peers::matches_in(swarm.shard.tick_at(swarm.shard.now + 1s)).size(), 1U);
}

TEST(Mesh, StrangersMessagesAreNotHeard) {
  native_peers swarm;
  swarm.join(1);
  swarm.join(2);

  // Session 9 says that it is peer 1.
  auto said = swarm.shard.handle(mesh::leave{session(9), swarm.where, peer(1)});
  EXPECT_TRUE(said.empty());
  said = swarm.shard.handle(mesh::away{session(9), swarm.where, peer(1)});
  EXPECT_TRUE(said.empty());
  said = swarm.shard.handle(mesh::resume{session(10), session(9), swarm.where, peer(1)});
  EXPECT_TRUE(said.empty());
  said = swarm.shard.handle(mesh::more{session(9), swarm.where, peer(1), 8, {}});
  EXPECT_TRUE(said.empty());
  EXPECT_EQ(swarm.graph().totals().peers, 2U);
  EXPECT_EQ(swarm.graph().totals().away, 0U);
}

}  // namespace
}  // namespace waggle::test

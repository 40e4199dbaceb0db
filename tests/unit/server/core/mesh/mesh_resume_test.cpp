// SPDX-License-Identifier: Apache-2.0
// Peers that lose their connection, and links that outlive the server.
#include "tests/unit/server/core/mesh/native_peers.hpp"

namespace waggle::test {
namespace {

TEST(MeshResume, NeighboursHearNothing) {
  native_peers swarm;
  for (std::uint32_t who = 1; who <= 5; ++who) {
    for (auto const& each : native_peers::matches_in(swarm.join(who))) {
      swarm.outcome(each.first, each.link, /*open=*/true);
    }
  }

  EXPECT_TRUE(swarm.away(3).empty());
  auto const said = swarm.resume(3, 33);

  for (auto const& each : said) EXPECT_EQ(each.to, session(33));
  auto const joined = only<mesh::joined>(said);
  ASSERT_EQ(joined.size(), 1U);
  EXPECT_TRUE(joined[0].second.resumed);
  EXPECT_EQ(joined[0].second.members, 5U);
  EXPECT_EQ(joined[0].second.handle, native_peers::handle_of(3));
}

TEST(MeshResume, WordsFindTheNewConnection) {
  native_peers swarm;
  swarm.join(1);
  auto const between = native_peers::matches_in(swarm.join(2)).front();
  constexpr std::uint32_t other = 2;
  swarm.away(1);
  swarm.resume(1, 11);

  auto const carried =
      only<mesh::carried>(swarm.relay(other, between.link, mesh::relay_kind::ice, "[]"));

  ASSERT_EQ(carried.size(), 1U);
  EXPECT_EQ(carried[0].first, session(11));
  // And the old one has no part in it any more.
  EXPECT_TRUE(only<mesh::carried>(swarm.relay(1, between.link, mesh::relay_kind::ice)).empty());
  EXPECT_TRUE(swarm.leave(1).empty());
  EXPECT_EQ(swarm.graph().totals().peers, 2U);
}

TEST(MeshResume, WhoIsAwayIsMatchedWithNobody) {
  native_peers swarm;
  swarm.join(1);
  swarm.away(1);

  auto const said = swarm.join(2);

  EXPECT_TRUE(only<mesh::match>(said).empty());
  EXPECT_EQ(swarm.graph().totals().away, 1U);
  EXPECT_EQ(native_peers::matches_in(swarm.resume(1, 11)).size(), 1U);
  EXPECT_EQ(swarm.graph().totals().away, 0U);
}

TEST(MeshResume, AllLinksThatAreLeftAreNamed) {
  native_peers swarm;
  for (std::uint32_t who = 1; who <= 4; ++who) swarm.join(who);
  swarm.away(2);
  swarm.leave(1);
  std::size_t left = 0;
  swarm.graph().visit_links(swarm.where, [&](auto const& one, auto const&, auto const&) {
    if (one.at == session(2)) ++left;
  });

  driven_shard& shard = swarm.shard;
  outbox out;
  // The span is good until the outbox is cleared, so the shard is asked directly.
  const_cast<waggle::shard&>(shard.state())
      .handle(mesh::resume{session(22), session(2), swarm.where, peer(2)}, shard.now, out);

  auto const* const joined = std::get_if<mesh::joined>(&out.entries().front().what);
  ASSERT_NE(joined, nullptr);
  EXPECT_EQ(joined->links.size(), left);
  EXPECT_EQ(left, 2U);
}

TEST(MeshRestart, LinkThatBothEndsNameIsThereAgain) {
  native_peers swarm;
  swarm.join(1, {}, {peer(2), peer(3)});
  EXPECT_EQ(swarm.graph().totals().open, 0U);

  auto const said = swarm.join(2, {}, {peer(1)});

  auto const matches = only<mesh::match>(said);
  ASSERT_EQ(matches.size(), 2U);
  for (auto const& [to, what] : matches) EXPECT_TRUE(what.open);
  EXPECT_EQ(swarm.graph().totals(), (mesh::mesh_totals{.peers = 2, .open = 1}));
  EXPECT_EQ(swarm.graph().counts().links_kept, 1U);
  EXPECT_EQ(swarm.graph().counts().matches, 0U);
}

TEST(MeshRestart, LinkThatOneEndNamesIsNone) {
  native_peers swarm;
  swarm.join(1, {.want = 0});

  auto const said = swarm.join(2, {.want = 1}, {peer(1)});

  EXPECT_TRUE(only<mesh::match>(said).empty());
  EXPECT_EQ(swarm.graph().totals().open, 0U);
}

TEST(MeshRestart, NamedLinksCountUntilTheyAreForgotten) {
  native_peers swarm{{.degree_min = 1, .expected_ttl = 60s}};
  swarm.join(1, {.want = 1});

  auto const said = swarm.join(2, {.want = 1}, {peer(7)});
  EXPECT_TRUE(only<mesh::match>(said).empty());
  auto const later = swarm.shard.tick_at(swarm.shard.now + 61s);

  EXPECT_EQ(native_peers::matches_in(later).size(), 1U);
}

TEST(MeshRestart, NamedLinkThatIsDroppedCountsNoLonger) {
  native_peers swarm{{.degree_min = 1}};
  swarm.join(1, {.want = 1});
  swarm.join(2, {.want = 1}, {peer(7)});

  auto const said = swarm.shard.handle(mesh::drop{
      .from = session(2), .swarm = swarm.where, .peer = peer(2), .link = 0, .with = peer(7)});

  EXPECT_EQ(native_peers::matches_in(said).size(), 1U);
}

TEST(MeshRestart, NamesAreBounded) {
  native_peers swarm;
  std::vector<peer_id> many;
  for (std::uint32_t who = 100; who < 200; ++who) many.push_back(peer(who));

  swarm.join(1, {}, many);

  swarm.graph().visit_nodes(swarm.where,
                            [&](mesh::node const& each) { EXPECT_LE(each.expected, 24); });
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Seats by themselves: keys, claims that cross, bounds.
#include "server/session/native/seat_keeper.hpp"

#include "tests/support/seat_seal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace waggle {
namespace {

using namespace std::chrono_literals;

struct silent_shards final : shard_port {
  void send(std::uint16_t /*core*/, shard_message const& what) override { all.push_back(what); }
  std::vector<shard_message> all;
};

struct rig {
  silent_shards shards;
  outbox said;
  std::uint8_t secret = 0;
  seat_keeper seats{
      {.limits = {},
       .core = 3,
       .where = {.seed = {}, .cores = 8},
       .shards = shards,
       .said = said,
       .secrets = [this](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, ++secret); },
       .seal = test::plain_seal}};

  static session_ref at(std::uint32_t slot) { return {.slot = slot, .generation = 9}; }
  slot open(std::uint32_t holder) { return seats.open(at(holder), tenant_id::none); }
  void claim(std::uint32_t from, slot which) {
    seats.handle({at(from), tenant_id::none, *seat_keeper::read_key(seats.key_of(which))});
  }
  std::vector<std::pair<session_ref, mesh::seat>> answers() {
    std::vector<std::pair<session_ref, mesh::seat>> found;
    for (auto const& each : said.entries()) {
      if (auto const* seat = std::get_if<mesh::seat>(&each.what))
        found.emplace_back(each.to, *seat);
    }
    return found;
  }
};

std::vector<mesh::seat_membership> const one_swarm{{swarm_id{{7}}, 4}};

TEST(SeatKeeper, KeyNamesCoreSeatAndSecret) {
  rig some;
  static_cast<void>(some.open(1));
  auto const which = some.open(2);

  auto const key = seat_keeper::read_key(some.seats.key_of(which));

  ASSERT_TRUE(key);
  EXPECT_EQ(key->core, 3);
  EXPECT_EQ(key->seat, which);
  EXPECT_EQ(key->secret[0], 2);  // the slot of the session
  EXPECT_FALSE(seat_keeper::read_key("no key"));
}

TEST(SeatKeeper, WrongSecretGetsNothing) {
  rig some;
  auto const which = some.open(1);
  ASSERT_TRUE(some.seats.park(which, peer_id{{1}}, one_swarm));
  auto key = *seat_keeper::read_key(some.seats.key_of(which));
  key.secret[15] ^= 1U;

  some.seats.handle({rig::at(2), tenant_id::none, key});

  ASSERT_EQ(some.answers().size(), 1U);
  EXPECT_FALSE(some.answers()[0].second.found);
  EXPECT_EQ(some.seats.parked(), 1U);
}

TEST(SeatKeeper, ParkedSeatIsGivenWithAllItHolds) {
  rig some;
  auto const which = some.open(1);
  ASSERT_TRUE(some.seats.park(which, peer_id{{1}}, one_swarm));
  ASSERT_EQ(some.shards.all.size(), 1U);
  EXPECT_EQ(std::get<mesh::away>(some.shards.all[0]).from, rig::at(1));

  some.claim(2, which);

  auto const answers = some.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].first, rig::at(2));
  EXPECT_TRUE(answers[0].second.found);
  EXPECT_EQ(answers[0].second.was, rig::at(1));
  ASSERT_EQ(answers[0].second.memberships.size(), 1U);
  EXPECT_EQ(answers[0].second.memberships[0], one_swarm[0]);
  EXPECT_EQ(some.seats.parked(), 0U);
  some.seats.tick(1h);
  EXPECT_EQ(some.shards.all.size(), 1U);  // nobody leaves: the memberships are another session's
}

TEST(SeatKeeper, OfTwoClaimsTheSecondGetsNothing) {
  rig some;
  auto const which = some.open(1);
  some.claim(2, which);
  some.claim(3, which);

  auto const answers = some.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].first, rig::at(3));
  EXPECT_FALSE(answers[0].second.found);
  some.seats.give_up(which, peer_id{{1}}, one_swarm);
  EXPECT_EQ(some.answers().back().first, rig::at(2));
  EXPECT_TRUE(some.answers().back().second.found);
}

TEST(SeatKeeper, ConnectionThatIsLostWhileItIsClaimedGoesToTheClaimant) {
  rig some;
  auto const which = some.open(1);
  some.claim(2, which);

  EXPECT_TRUE(some.seats.park(which, peer_id{{1}}, one_swarm));

  ASSERT_EQ(some.answers().size(), 1U);
  EXPECT_TRUE(some.answers()[0].second.found);
  EXPECT_EQ(some.seats.parked(), 0U);
}

TEST(SeatKeeper, SessionThatEndsWhileItIsClaimedLeavesNothing) {
  rig some;
  auto const which = some.open(1);
  some.claim(2, which);

  some.seats.close(which);

  ASSERT_EQ(some.answers().size(), 1U);
  EXPECT_FALSE(some.answers()[0].second.found);
}

TEST(SeatKeeper, SlotThatIsUsedAgainHasANewDeadline) {
  rig some;
  some.seats.tick(1s);
  auto const first = some.open(1);
  ASSERT_TRUE(some.seats.park(first, peer_id{{1}}, one_swarm));
  some.claim(2, first);
  some.seats.tick(10s);
  auto const second = some.open(3);
  ASSERT_EQ(second, first);
  ASSERT_TRUE(some.seats.park(second, peer_id{{1}}, one_swarm));

  some.seats.tick(35s);  // the first one's grace

  EXPECT_EQ(some.seats.parked(), 1U);
  some.seats.tick(40s);
  EXPECT_EQ(some.seats.parked(), 0U);
}

TEST(SeatKeeper, WithoutGraceNothingIsKept) {
  rig some;
  some.seats.use({.grace = 0ms});

  EXPECT_FALSE(some.seats.park(some.open(1), peer_id{{1}}, one_swarm));
  EXPECT_TRUE(some.shards.all.empty());
}

}  // namespace
}  // namespace waggle

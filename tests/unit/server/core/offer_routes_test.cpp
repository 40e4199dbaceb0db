// SPDX-License-Identifier: Apache-2.0
// Which answers find their way, and what the table forgets.
#include "server/core/offer_routes.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

session_peer at(std::uint32_t slot, std::uint32_t who) {
  return {.at = session(slot), .peer = peer(who)};
}

route_key to(std::uint32_t receiver, offer_tag tag) {
  return {.swarm = movie(), .receiver = at(receiver, receiver), .tag = tag};
}

std::vector<session_peer> taken(offer_routes& routes, route_key const& key, core_time now = 0s,
                                std::optional<peer_id> const& wanted = {}) {
  auto const result = routes.take(key, wanted, now);
  return {result.begin(), result.end()};
}

using senders = std::vector<session_peer>;

TEST(OfferRoutes, AnAnswerIsDeliveredOnce) {
  offer_routes routes({}, seed);
  EXPECT_EQ(routes.add(to(2, 7), at(1, 1), 0s), 0U);

  EXPECT_EQ(taken(routes, to(2, 7)), senders{at(1, 1)});
  EXPECT_TRUE(taken(routes, to(2, 7)).empty());
  EXPECT_EQ(routes.size(), 0U);
  EXPECT_EQ(routes.senders(), 0U);
}

TEST(OfferRoutes, EveryPartOfTheKeyCounts) {
  offer_routes routes({}, seed);
  routes.add(to(2, 7), at(1, 1), 0s);
  auto other_swarm = to(2, 7);
  other_swarm.swarm = movie(2);
  auto other_session = to(2, 7);
  other_session.receiver.at = session(3);
  auto other_peer = to(2, 7);
  other_peer.receiver.peer = peer(3);

  for (auto const& key : {to(2, 8), other_swarm, other_session, other_peer}) {
    EXPECT_TRUE(taken(routes, key).empty());
  }
  EXPECT_EQ(taken(routes, to(2, 7)).size(), 1U);
}

TEST(OfferRoutes, TwoSendersOfOneOfferIdBothHear) {
  offer_routes routes({}, seed);
  routes.add(to(9, 7), at(1, 1), 0s);
  routes.add(to(9, 7), at(2, 2), 0s);

  EXPECT_EQ(taken(routes, to(9, 7)), (senders{at(1, 1), at(2, 2)}));
}

TEST(OfferRoutes, ToSelectsAmongTheSendersAndLeavesTheRest) {
  offer_routes routes({}, seed);
  routes.add(to(9, 7), at(1, 1), 0s);
  routes.add(to(9, 7), at(2, 2), 0s);

  EXPECT_TRUE(taken(routes, to(9, 7), 0s, peer(3)).empty());
  EXPECT_EQ(taken(routes, to(9, 7), 0s, peer(1)), senders{at(1, 1)});
  EXPECT_TRUE(taken(routes, to(9, 7), 0s, peer(1)).empty());
  EXPECT_EQ(taken(routes, to(9, 7), 0s, peer(2)), senders{at(2, 2)});
}

TEST(OfferRoutes, BothSessionsThatClaimThePeerIdHear) {
  offer_routes routes({}, seed);
  routes.add(to(9, 7), at(1, 1), 0s);
  routes.add(to(9, 7), at(2, 1), 0s);

  EXPECT_EQ(taken(routes, to(9, 7), 0s, peer(1)).size(), 2U);
}

TEST(OfferRoutes, AThirdSenderReplacesTheOldest) {
  offer_routes routes({}, seed);
  routes.add(to(9, 7), at(1, 1), 0s);
  routes.add(to(9, 7), at(2, 2), 0s);
  routes.add(to(9, 7), at(1, 1), 1s);  // now 2 is the oldest

  EXPECT_EQ(routes.add(to(9, 7), at(3, 3), 2s), 1U);

  EXPECT_EQ(taken(routes, to(9, 7), 2s), (senders{at(1, 1), at(3, 3)}));
}

TEST(OfferRoutes, ARouteEndsAfterItsTimeAndResendingRenewsIt) {
  offer_routes routes({}, seed);
  routes.add(to(8, 7), at(1, 1), 0s);
  routes.add(to(9, 7), at(1, 1), 0s);
  routes.add(to(9, 7), at(1, 1), 60s);

  EXPECT_TRUE(taken(routes, to(8, 7), 120s).empty()) << "before the sweep, too";
  std::uint32_t steps = 100;
  routes.expire(120s, steps);
  EXPECT_EQ(routes.size(), 1U);
  EXPECT_EQ(taken(routes, to(9, 7), 179s).size(), 1U);
}

TEST(OfferRoutes, ASenderPastItsShareLosesItsOwnOldest) {
  offer_routes routes({.routes_per_sender_max = 3}, seed);
  routes.add(to(50, 1), at(2, 2), 0s);
  std::uint32_t evicted = 0;
  for (offer_tag tag = 0; tag < 5; ++tag) evicted += routes.add(to(9, tag), at(1, 1), 1s);

  EXPECT_EQ(evicted, 2U);
  EXPECT_TRUE(taken(routes, to(9, 1), 1s).empty());
  EXPECT_EQ(taken(routes, to(9, 2), 1s).size(), 1U);
  EXPECT_EQ(taken(routes, to(50, 1), 1s).size(), 1U) << "somebody else's stays";
}

TEST(OfferRoutes, AFullTableLosesItsOldest) {
  offer_routes routes({.routes_max = 4}, seed);
  for (std::uint32_t i = 1; i <= 4; ++i) routes.add(to(9, i), at(i, i), 0s);
  routes.add(to(9, 1), at(1, 1), 1s);  // renewed: 2 is the oldest

  EXPECT_EQ(routes.add(to(9, 5), at(5, 5), 2s), 1U);

  EXPECT_EQ(routes.size(), 4U);
  EXPECT_TRUE(taken(routes, to(9, 2), 2s).empty());
  EXPECT_EQ(taken(routes, to(9, 1), 2s).size(), 1U);
}

TEST(OfferRoutes, ALimitOfOneReplacesEveryTime) {
  offer_routes routes({.routes_max = 0, .routes_per_sender_max = 0, .senders_per_key_max = 0},
                      seed);
  for (offer_tag tag = 0; tag < 10; ++tag) routes.add(to(9, tag % 2), at(1, 1), 0s);
  routes.add(to(9, 1), at(2, 2), 0s);

  EXPECT_EQ(routes.size(), 1U);
  EXPECT_EQ(taken(routes, to(9, 1)), senders{at(2, 2)});
}

TEST(OfferRoutes, SweepingIsBoundedAndMemoryGoesBack) {
  offer_routes routes({}, seed);
  for (std::uint32_t i = 0; i < 20'000; ++i) routes.add(to(i, i), at(i / 100, 1), 0s);
  auto const peak = routes.bytes();

  std::uint32_t steps = 5'000;
  routes.expire(200s, steps);
  EXPECT_EQ(routes.size(), 15'000U);
  steps = 50'000;
  routes.expire(200s, steps);

  EXPECT_EQ(routes.size(), 0U);
  EXPECT_LT(routes.bytes() * 20, peak);
}

TEST(OfferRoutes, ComesDownToALowerLimitWhileRoutesAreAdded) {
  offer_routes routes({}, seed);
  for (std::uint32_t i = 0; i < 40; ++i) routes.add(to(2, i), at(1, 1), 0s);

  routes.use({.routes_max = 10});
  EXPECT_EQ(routes.size(), 40U) << "not in one go";
  for (std::uint32_t i = 0; i < 30; ++i) routes.add(to(3, i), at(4, 4), 0s);

  EXPECT_EQ(routes.size(), 10U);
  EXPECT_EQ(taken(routes, to(3, 29)), senders{at(4, 4)});
  EXPECT_TRUE(taken(routes, to(2, 39)).empty());
}

TEST(OfferRoutes, OfOneSenderComeDownToALowerLimit) {
  offer_routes routes({}, seed);
  for (std::uint32_t i = 0; i < 20; ++i) routes.add(to(2, i), at(1, 1), 0s);

  routes.use({.routes_per_sender_max = 5});
  for (std::uint32_t i = 20; i < 35; ++i) EXPECT_GE(routes.add(to(2, i), at(1, 1), 0s), 1U);

  EXPECT_EQ(routes.size(), 5U);
  EXPECT_EQ(taken(routes, to(2, 34)), senders{at(1, 1)});
}

TEST(OfferRoutes, KeepTheTimeTheyWereGiven) {
  offer_routes routes({.route_ttl = 100s}, seed);
  routes.add(to(2, 1), at(1, 1), 0s);

  routes.use({.route_ttl = 10s});
  routes.add(to(2, 2), at(1, 1), 0s);

  EXPECT_TRUE(taken(routes, to(2, 2), 10s).empty());
  EXPECT_EQ(taken(routes, to(2, 1), 99s).size(), 1U);
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Many connections and swarms on two cores: relays cross between the cores and each arrives once.
#include "tests/integration/tracker.hpp"

#include <map>

namespace waggle::test {
namespace {

constexpr std::size_t clients_count = 40;
constexpr std::size_t swarms_count = 8;
constexpr std::size_t offers_each = 3;

struct participant {
  explicit participant(endpoint const& at) : client(at) {}
  tracker_client client;
  std::string peer = fresh_peer();
  std::string swarm;
};

class Crossing : public CoresTest {};

TEST_P(Crossing, EveryRelayArrivesExactlyOnce) {
  tracker server{cores()};
  std::vector<std::string> swarms;
  for (std::size_t i = 0; i < swarms_count; ++i) swarms.push_back(fresh_swarm());
  std::vector<participant> all;
  for (std::size_t i = 0; i < clients_count; ++i) {
    all.emplace_back(server.plain());
    all.back().swarm = swarms[i % swarms_count];
    all.back().client.announce({.swarm = all.back().swarm, .peer = all.back().peer});
  }

  // Every client offers; every offer that arrives is answered.
  std::map<std::string, int> offers_seen;
  std::map<std::string, int> answers_seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& [client, peer, swarm] = all[i];
    client.send(announce_message({.swarm = swarm,
                                  .peer = peer,
                                  .event = "",
                                  .offers = some_offers("c" + std::to_string(i), offers_each)}));
  }
  auto const take = [&](participant& one) {
    for (auto const& got : one.client.drain(one.swarm)) {
      if (got.is_answer()) ++answers_seen[got.string("offer_id")];
      if (!got.is_offer()) continue;
      EXPECT_NE(got.string("peer_id"), one.peer) << "offered to itself";
      EXPECT_EQ(got.string("info_hash"), one.swarm);
      ++offers_seen[got.string("offer_id")];
      one.client.send(answer_message({.swarm = one.swarm,
                                      .peer = one.peer,
                                      .to = got.string("peer_id"),
                                      .offer_id = got.string("offer_id")}));
    }
  };
  for (auto& one : all) take(one);  // each reply is there now, so every offer is on its way
  for (auto& one : all) take(one);  // and now every answer
  for (auto& one : all) take(one);

  // Each swarm has five members, so each offer finds a receiver.
  EXPECT_EQ(offers_seen.size(), clients_count * offers_each);
  EXPECT_EQ(answers_seen.size(), clients_count * offers_each);
  for (auto const& [id, times] : offers_seen) EXPECT_EQ(times, 1) << id;
  for (auto const& [id, times] : answers_seen) EXPECT_EQ(times, 1) << id;
  EXPECT_TRUE(eventually([&] {
    return server.metric("waggle_answers_relayed_total") ==
           static_cast<double>(clients_count * offers_each);
  }));
  auto const crossed = server.metric("waggle_mailbox_relays_crossed_total");
  EXPECT_EQ(crossed > 0, GetParam() > 1) << crossed << " relays crossed cores";
}

WAGGLE_ON_ONE_AND_TWO_CORES(Crossing);

}  // namespace
}  // namespace waggle::test

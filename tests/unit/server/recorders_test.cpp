// SPDX-License-Identifier: Apache-2.0
// The flight recorders of two cores, read as one.
#include "server/recorders.hpp"

#include "server/runtime/clock.hpp"
#include "tests/unit/server/two_cores.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace waggle::test {
namespace {

std::string const one_peer = "-WW0201-one000000000";
std::string const two_peer = "-WW0201-two000000000";

class Recorders : public two_cores {
 protected:
  std::vector<recorded_event> events(std::optional<swarm_id> const& swarm = {},
                                     std::size_t limit = 100) {
    return await<std::vector<recorded_event>>(
        [&](auto done) { subject_.recorded(swarm, limit, done); });
  }
  static std::vector<std::string> words(std::vector<recorded_event> const& all) {
    std::vector<std::string> result;
    for (auto const& each : all) result.push_back(each.what);
    return result;
  }
  /// A swarm that lives on `core`, as clients write it.
  std::string swarm_of(std::uint16_t core) const {
    for (;;) {
      auto const swarm = fresh_swarm();
      if (where_.core_of(id_of(swarm)) == core) return swarm;
    }
  }

  /// Records of one moment on two cores have no order.
  static void next_millisecond() {
    auto const now = runtime::elapsed();
    ASSERT_TRUE(eventually([&] { return runtime::elapsed() > now; }));
  }

  recorders subject_{control_, cores_};
};
using texts = std::vector<std::string>;

TEST_F(Recorders, TellWhatHappenedOnAllCoresInItsOrder) {
  auto& client = connect(0);
  auto const first = swarm_of(0);
  auto const second = swarm_of(1);
  client.announce({.swarm = first, .peer = one_peer});
  next_millisecond();
  client.announce({.swarm = second, .peer = one_peer});
  next_millisecond();
  client.announce({.swarm = first, .peer = one_peer, .event = "stopped"});

  auto const all = events();

  EXPECT_EQ(words(all), (texts{"join", "join", "leave"}));
  EXPECT_EQ(all[0].core, 0);
  EXPECT_EQ(all[1].core, 1);
  EXPECT_EQ(all[0].swarm, id_of(first));
  EXPECT_GE(all[0].ago, all[2].ago);
  EXPECT_LT(all[0].ago, patience);
  EXPECT_FALSE(all[0].other);
  EXPECT_EQ(words(events({}, 1)), texts{"leave"});
  EXPECT_EQ(words(events(id_of(second))), texts{"join"});
}

TEST_F(Recorders, TellOfAWatchedSwarmWhoWasOfferedToWhom) {
  auto const swarm = swarm_of(1);
  ASSERT_TRUE(subject_.watch(id_of(swarm), true));
  EXPECT_EQ(subject_.watched(), std::vector{id_of(swarm)});
  auto& one = connect(0);
  auto& two = connect(1);
  one.announce({.swarm = swarm, .peer = one_peer});
  two.announce({.swarm = swarm, .peer = two_peer, .offers = some_offers("o", 2)});
  ASSERT_TRUE(one.receive().is_offer());

  auto const all = events(id_of(swarm));

  ASSERT_EQ(words(all), (texts{"join", "join", "unmatched", "offer"}));
  EXPECT_EQ(all[2].why, "offers for which nobody was left");
  EXPECT_EQ(all[3].other, all[0].peer);
  EXPECT_EQ(words(events()), (texts{"join", "join", "unmatched"})) << "offers of all are too many";

  ASSERT_TRUE(subject_.watch(id_of(swarm), false));
  EXPECT_TRUE(subject_.watched().empty());
  EXPECT_EQ(words(events(id_of(swarm))), (texts{"join", "join", "unmatched"}));
}

TEST_F(Recorders, WatchAtMostSixteenSwarms) {
  swarm_id swarm;
  for (std::uint8_t number = 0; number < 16; ++number) {
    swarm.value[0] = number;
    EXPECT_TRUE(subject_.watch(swarm, true));
  }
  EXPECT_TRUE(subject_.watch(swarm, true)) << "again";
  swarm.value[0] = 16;

  auto const refused = subject_.watch(swarm, true);

  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().what, admin_error::kind::full);
  EXPECT_EQ(subject_.watched().size(), 16U);
  EXPECT_TRUE(subject_.watch(swarm, false)) << "was not";
}

TEST_F(Recorders, TellWhatWasDroppedOnTheWayToAReceiver) {
  // A core that is behind by anything at all sheds: the bound is less than nothing.
  auto& client = connect(0);
  auto const swarm = swarm_of(0);
  client.announce({.swarm = swarm, .peer = one_peer});
  cores_[0]->ask([](core_loop& core) { core.limits.offer_delay_max = core_time{-1}; });
  static_cast<void>(snapshot_of(*cores_[0]));

  connect(1).announce({.swarm = swarm, .peer = two_peer, .offers = some_offers("o", 1)});

  ASSERT_TRUE(eventually([&] { return words(events()).back() == "shed"; }));
  auto const shed = events().back();
  EXPECT_EQ(shed.core, 0);
  EXPECT_EQ(shed.why, "this core is behind with reading");
  EXPECT_EQ(shed.other, events()[0].peer);
}

TEST_F(Recorders, TellOfAReceiverWhoseQueueIsFull) {
  // Two peers of one connection: the second offer of the turn finds the first one in the queue.
  auto& client = connect(0);
  auto const swarm = swarm_of(0);
  client.announce({.swarm = swarm, .peer = one_peer});
  client.announce({.swarm = swarm, .peer = "-WW0201-other0000000"});
  cores_[0]->ask([](core_loop& core) { core.limits.outbox_bytes_max = 0; });
  static_cast<void>(snapshot_of(*cores_[0]));

  connect(1).announce({.swarm = swarm, .peer = two_peer, .offers = some_offers("o", 2)});

  ASSERT_TRUE(eventually([&] { return words(events()).back() == "shed"; }));
  EXPECT_EQ(events().back().why, "the receiver reads too slowly");
}

}  // namespace
}  // namespace waggle::test

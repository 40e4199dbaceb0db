// SPDX-License-Identifier: Apache-2.0
// What a core does with mail: for a session that is gone, and for a core that does not read its
// own.
#include "tests/support/deadline.hpp"
#include "tests/unit/server/core_rig.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace waggle::test {
namespace {

core_options options_of(std::uint16_t core, std::uint16_t cores) {
  core_options options;
  options.core = core;
  options.where = {.seed = {.first = 1, .second = 2}, .cores = cores};
  options.mailbox.relay_bytes_max = 20'000;
  return options;
}

TEST(CoreLoop, ADeliveryToASessionThatIsGoneIsDroppedAndCounted) {
  core_loop loop{options_of(0, 1)};
  loop.connect({&loop});
  running const thread{loop};
  auto batch = std::make_unique<mail_batch>();
  batch->add(session_ref{.slot = 7, .generation = 3}, reply_message{});

  loop.post(std::move(batch));

  EXPECT_EQ(snapshot_of(loop).counters.value(counter::deliveries_stale), 1U);
}

TEST(CoreLoop, ACoreThatDoesNotReadItsMailLosesOffersButNoJoins) {
  constexpr std::uint32_t announces = 50;
  core_loop talking{options_of(0, 2)};
  core_loop halted{options_of(1, 2)};
  talking.connect({&talking, &halted});
  halted.connect({&talking, &halted});
  auto const swarm = swarm_on(1, options_of(0, 2).where);
  std::string const body(1'000, 'x');
  std::vector<tagged_offer> const offers(5, {.tag = 1, .offer_id = {"\"o\""}, .body = {body}});
  running const thread{talking};

  for (std::uint32_t number = 0; number < announces; ++number) {
    waggle::announce_message message;
    message.from = {.slot = number, .generation = 1};
    message.swarm = swarm;
    message.peer.value[0] = static_cast<std::uint8_t>(number);
    message.offers = offers;
    talking.ask([message](core_loop& core) { static_cast<shard_port&>(core).send(1, message); });
    static_cast<void>(snapshot_of(talking));  // a turn of its own: the batch is posted in between
  }

  auto const shed =
      snapshot_of(talking).counters.value(counter::deliveries_shed, label::shed::mailbox_full);
  EXPECT_GT(shed, announces);
  EXPECT_LT(shed, announces * offers.size());
  running const late{halted};
  EXPECT_TRUE(eventually([&] { return snapshot_of(halted).peers == announces; }));
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Thousands of memberships that end in the same moment, on a core that others talk to meanwhile.
#include "tests/support/deadline.hpp"
#include "tests/unit/server/core_rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <future>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t members = 2'000;
constexpr std::uint32_t members_per_turn = 10;

/// Asks itself again behind the handlers that are ready, until nobody is left.
struct observer {
  core_loop& loop;
  std::promise<void> emptied{};
  std::uint64_t last = members;
  std::uint64_t largest_step = 0;

  void look() {
    loop.ask([this](core_loop& core) {
      auto const left = core.snapshot().peers;
      largest_step = std::max(largest_step, last - left);
      last = left;
      left == 0 ? emptied.set_value() : look();
    });
  }
};

TEST(CoreLoop, MembershipsThatEndTogetherTakeAShareOfEachTurnAndNoFurtherTick) {
  core_options options;
  options.where = {.seed = {.first = 1, .second = 2}, .cores = 1};
  options.tick = 1s;  // two hundred ticks would be needed
  options.shards.expiry_steps_max = members_per_turn;
  options.shards.swarms.member_ttl = 1ms;
  core_loop loop{options};
  loop.connect({&loop});
  loop.ask([](core_loop& core) {
    for (std::uint32_t number = 0; number < members; ++number) {
      waggle::announce_message message;
      message.from = {.slot = number, .generation = 1};
      message.peer.value[0] = static_cast<std::uint8_t>(number);
      message.peer.value[1] = static_cast<std::uint8_t>(number >> 8);
      static_cast<shard_port&>(core).send(0, message);
    }
  });
  observer watch{.loop = loop};
  auto const emptied = watch.emptied.get_future();
  watch.look();
  running const thread{loop};

  ASSERT_EQ(emptied.wait_for(20s), std::future_status::ready);
  EXPECT_LE(watch.largest_step, 2 * members_per_turn) << "a turn for the others after each share";
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// What the tests of the store share: downloads that complete, and a look into the file.
#pragma once

#include "tests/integration/tracker.hpp"
#include "tests/support/store_rig.hpp"

#include <chrono>
#include <string>

namespace waggle::test {

/// The bytes of the binary string that clients write.
[[nodiscard]] inline swarm_id swarm_of(std::string const& binary) {
  auto const hex = hex_of(binary);
  swarm_id id;
  for (std::size_t i = 0; i < id.value.size(); ++i) {
    id.value[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return id;
}

[[nodiscard]] inline storage::wall_time now_by_the_wall() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

/// One peer after the other comes, completes, and leaves; one that stays meanwhile makes the swarm
/// worth a row.
inline void complete_downloads(endpoint const& at, std::string const& swarm, int count) {
  tracker_client client{at};
  auto const companion = fresh_peer();
  client.announce({.swarm = swarm, .peer = companion, .left = 5});
  for (int i = 0; i < count; ++i) {
    auto const peer = fresh_peer();
    client.announce({.swarm = swarm, .peer = peer, .left = 5});
    client.announce({.swarm = swarm, .peer = peer, .event = "completed", .left = 0});
    client.announce({.swarm = swarm, .peer = peer, .event = "stopped", .left = 0});
  }
  client.announce({.swarm = swarm, .peer = companion, .event = "stopped"});
}

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// A native peer in one swarm as the mesh sees it, and a link between two of them. Pure values; they
// live in the slabs of one mesh.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/coarse_time.hpp"
#include "server/core/mesh/message.hpp"
#include "server/core/slab.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace waggle::mesh {

struct node {
  /// Names a peer for a while; two may share one, and then one match less is tried.
  using mark = std::uint16_t;

  session_ref at;
  slot member = no_slot;      // in the swarm table; no_slot: this is no node
  slot first_link = no_slot;  // the others hang on it
  std::uint32_t address_tag = 0;
  peer_state state;
  std::uint16_t handle = 0;
  std::uint8_t links = 0;     // that hang here, pending or open
  std::uint8_t uniform = 0;   // of them those that were drawn uniformly
  std::uint8_t expected = 0;  // links by its own word only
  std::uint8_t failures = 0;  // since its last link opened, up to 255
  bool away = false;
  coarse_time rest_until{};           // no link is replaced before
  std::array<mark, 3> failed_with{};  // the last ones; 0: nobody
  std::uint8_t failed_next = 0;

  [[nodiscard]] bool failed_recently(mark other) const {
    return std::ranges::find(failed_with, other) != failed_with.end();
  }
  void avoid(mark other) {
    failed_with[failed_next] = other;
    failed_next = static_cast<std::uint8_t>((failed_next + 1U) % failed_with.size());
  }
};
static_assert(sizeof(node) <= 52, "there is one a membership");

struct link {
  enum class state : std::uint8_t { none, pending, open };

  std::array<slot, 2> ends{no_slot, no_slot};  // nodes; the first one offers
  std::array<slot, 2> next{no_slot, no_slot};  // link of the same node
  std::uint16_t generation = 0;
  state is = state::none;
  bool uniform = false;

  [[nodiscard]] std::size_t side_of(slot which) const { return ends[0] == which ? 0 : 1; }
};
static_assert(sizeof(link) <= 20, "there are four a membership");

}  // namespace waggle::mesh

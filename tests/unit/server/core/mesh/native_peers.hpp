// SPDX-License-Identifier: Apache-2.0
// A shard with native peers, whose number is both their session and their peer id. Tests only.
#pragma once

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::test {

class native_peers {
 public:
  explicit native_peers(mesh::mesh_limits const& limits = {}, swarm_limits const& swarms = {})
      : shard({.swarms = swarms, .mesh = limits}) {}

  std::vector<sent> join(std::uint32_t who, mesh::peer_state state = {},
                         std::vector<peer_id> const& open_with = {}) {
    return shard.handle(mesh::join{.from = session(who),
                                   .swarm = where,
                                   .peer = peer(who),
                                   .handle = handle_of(who),
                                   .address_tag = who,
                                   .state = state,
                                   .open_with = open_with});
  }
  std::vector<sent> leave(std::uint32_t who, bool session_over = false) {
    return shard.handle(mesh::leave{session(who), where, peer(who), session_over});
  }
  std::vector<sent> outcome(std::uint32_t who, mesh::link_id link, bool open) {
    return shard.handle(mesh::outcome{.from = session(who),
                                      .swarm = where,
                                      .link = link,
                                      .open = open,
                                      .over = mesh::path::host,
                                      .why = mesh::failure::ice,
                                      .took_ms = 50});
  }
  std::vector<sent> relay(std::uint32_t who, mesh::link_id link, mesh::relay_kind kind,
                          std::string_view body = "{}") {
    return shard.handle(mesh::relay{.from = session(who),
                                    .swarm = where,
                                    .link = link,
                                    .kind = kind,
                                    .address_tag = who,
                                    .body = {body}});
  }
  std::vector<sent> drop(std::uint32_t who, mesh::link_id link) {
    return shard.handle(mesh::drop{
        .from = session(who), .swarm = where, .peer = peer(who), .link = link, .with = {}});
  }
  std::vector<sent> away(std::uint32_t who) {
    return shard.handle(mesh::away{session(who), where, peer(who)});
  }
  std::vector<sent> resume(std::uint32_t who, std::uint32_t over) {
    return shard.handle(mesh::resume{session(over), session(who), where, peer(who)});
  }

  /// The link between two peers that have just been matched, and who of them offers.
  struct matched {
    mesh::link_id link{};
    std::uint32_t first = 0;
    std::uint32_t second = 0;
  };
  static std::vector<matched> matches_in(std::vector<sent> const& said) {
    std::vector<matched> found;
    auto const told = only<mesh::match>(said);
    for (auto const& [to, what] : told) {
      if (!what.initiator) continue;
      for (auto const& [other, same] : told) {
        if (same.link == what.link && !same.initiator)
          found.push_back({what.link, to.slot, other.slot});
      }
    }
    return found;
  }

  static std::uint16_t handle_of(std::uint32_t who) {
    return static_cast<std::uint16_t>(100 + who);
  }
  [[nodiscard]] mesh::mesh const& graph() const { return shard.state().mesh(); }

  driven_shard shard;
  swarm_id where = movie().native();
};

}  // namespace waggle::test

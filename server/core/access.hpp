// SPDX-License-Identifier: Apache-2.0
// Which swarms this server serves. An immutable snapshot: a reload makes a new one and every core
// swaps its pointer between two messages. Pure; read by the sessions of any core.
#pragma once

#include "protocol/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace waggle {

enum class access_mode : std::uint8_t {
  open,   // every swarm; the list is ignored
  allow,  // only the listed swarms
  deny,   // every swarm but the listed
};

class access_policy {
 public:
  access_policy() = default;  // open
  access_policy(access_mode mode, std::vector<swarm_id> listed);

  /// O(log listed).
  [[nodiscard]] bool allows(swarm_id const& swarm) const;

  bool operator==(access_policy const&) const = default;

  [[nodiscard]] access_mode mode() const { return mode_; }
  [[nodiscard]] std::size_t listed() const { return listed_.size(); }

 private:
  access_mode mode_ = access_mode::open;
  std::vector<swarm_id> listed_;  // sorted, no duplicates: 20 bytes a swarm, nothing to attack
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Names a membership: one connection speaking as one peer in one swarm. Pure value.
#pragma once

#include "protocol/ids.hpp"

namespace waggle {

struct membership {
  session_ref at;
  swarm_id swarm;
  peer_id peer;

  bool operator==(membership const&) const = default;
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What a connection was let in with, from the accept to its end. One core only.
#pragma once

#include "protocol/client_name.hpp"
#include "server/core/grant.hpp"
#include "server/net/address_counts.hpp"
#include "server/net/client_ledger.hpp"
#include "server/net/entrance.hpp"
#include "server/runtime/gate.hpp"
#include "server/session/client_address.hpp"
#include "server/session/upgrade.hpp"

#include <memory>

namespace waggle::net {

struct admission {
  entrance through{};
  client_address client{};           // better known with every step of the set-up
  browser_name browser{};            // since the upgrade
  spoken speaks = spoken::tracker;   // likewise
  runtime::gate::pass pass{};        // its place among the connections that the process can hold
  address_counts::pass counted{};    // since the upgrade: one connection of its client's address
  client_ledger::pass registered{};  // likewise: one of its tenant and its token
  std::unique_ptr<newcomer> who{};   // likewise, until its session has taken it
};

}  // namespace waggle::net

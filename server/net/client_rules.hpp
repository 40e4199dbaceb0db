// SPDX-License-Identifier: Apache-2.0
// How the set-up of a connection learns whose it is, and where it counts it. The same for all
// cores; outlives every connection.
#pragma once

#include "server/net/address_counts.hpp"
#include "server/net/client_ledger.hpp"
#include "server/session/client_address.hpp"

namespace waggle::net {

struct client_rules {
  proxy_trust trust{};
  address_counts* counts = nullptr;  // never null where connections are set up
  client_ledger* ledger = nullptr;   // likewise
};

}  // namespace waggle::net

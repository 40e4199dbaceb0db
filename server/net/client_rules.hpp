// SPDX-License-Identifier: Apache-2.0
// How the set-up of a connection learns whose it is, where it counts it, and what it may not
// exceed. The same for all cores; what is pointed at outlives every connection.
#pragma once

#include "server/net/address_counts.hpp"
#include "server/net/address_rates.hpp"
#include "server/net/client_ledger.hpp"
#include "server/session/client_address.hpp"

#include <atomic>
#include <cstdint>

namespace waggle::net {

struct admission_limits {
  address_limits address{};
  bool address_enforce = false;       // else those of addresses are only counted
  std::uint32_t connections_max = 0;  // of the process; 0: no limit
  bool dry_run = false;               // nobody is refused, all is counted

  bool operator==(admission_limits const&) const = default;
};

struct client_rules {
  proxy_trust trust{};
  address_counts* counts = nullptr;  // never null where connections are set up
  client_ledger* ledger = nullptr;   // likewise
  admission_limits quota{};
  address_rates* rates = nullptr;                  // null: nobody comes too fast
  std::atomic<bool> const* memory_full = nullptr;  // null: never
};

}  // namespace waggle::net

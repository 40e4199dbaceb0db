// SPDX-License-Identifier: Apache-2.0
// The JSON bodies of the internal listener. Pure functions of what was collected.
#pragma once

#include "protocol/event.hpp"
#include "protocol/ids.hpp"
#include "server/control/server_view.hpp"
#include "server/metrics/counters.hpp"
#include "server/metrics/service.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace waggle {

struct server_facts {
  std::chrono::seconds uptime{};
  std::string version;
  service_facts service{};
};

/// {"peers","seeders",...every gauge..., "uptime_seconds","version","cores":[{...}],
///  "service":{fact: number}, "counters":{family: number, or {label value: number}}}
[[nodiscard]] std::string stats_json(std::span<core_snapshot const> cores,
                                     server_facts const& facts);

/// {"info_hash","complete","incomplete","peers","seeders"}
[[nodiscard]] std::string swarm_json(swarm_id const& swarm, swarm_counts const& counts);

/// {"address","connections"}; of IPv6 the network that is counted together.
[[nodiscard]] std::string address_json(ip_address const& address, std::size_t connections);

/// {"ready","detail"}
[[nodiscard]] std::string readiness_json(readiness const& state);

/// {"error"}
[[nodiscard]] std::string error_json(std::string_view error);

/// 40 hex digits, and 8 more of the tenant's digest if it has one: what names a swarm in a path.
[[nodiscard]] std::string swarm_text(swarm_id const& swarm);

/// The same read, in either case; nothing for anything else.
[[nodiscard]] std::optional<swarm_id> swarm_from_hex(std::string_view hex);

}  // namespace waggle

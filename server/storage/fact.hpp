// SPDX-License-Identifier: Apache-2.0
// What the server keeps beyond its own life: facts about swarms, series of figures, what operators
// decided and did. Never membership, and never the address of a client that is not banned. Values.
#pragma once

#include "protocol/ids.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace waggle::storage {

/// Wall clock, since the epoch: a fact outlives the process and its monotonic clock.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// News of a swarm. A store adds `completed`, and keeps the earliest, the latest and the largest.
struct swarm_fact {
  swarm_id swarm;
  std::uint32_t completed = 0;  // since the last fact of this swarm
  std::uint32_t peak = 0;       // members at once
  wall_time first_seen{};
  wall_time last_seen{};
};

/// What a swarm is known for, all facts together.
struct swarm_record {
  swarm_id swarm;
  std::uint64_t completed = 0;
  std::uint32_t peak = 0;
  wall_time first_seen{};
  wall_time last_seen{};

  bool operator==(swarm_record const&) const = default;
};

/// A span of a series; each is kept for a time of its own.
enum class resolution : std::uint8_t { minute, hour, day };

/// The figures of one moment, by name; "peers", "swarms", "messages_received", ... or, of a busy
/// swarm, "swarm/<40 hex digits>/members". A store keeps the mean of each span and of the longer
/// ones; of names with a '/' only the largest (storage/series_rules.hpp).
struct series_point {
  wall_time at{};
  resolution span = resolution::minute;
  std::vector<std::pair<std::string, double>> values;
};

/// Kept by their numbers: only ever added to.
enum class ban_kind : std::uint8_t { address, info_hash, peer_id_prefix, tenant, token };

/// What operators keep out. `value` is canonical: an address or network as ip_network writes it, 40
/// lower-case hex digits, the hex digits of a prefix of a peer id, the name of a tenant (empty: who
/// names none), or a token as TENANT/JTI or by the 40 hex digits of its digest.
struct ban_record {
  std::uint64_t id = 0;  // never used again
  ban_kind kind = ban_kind::info_hash;
  std::string value;
  std::string reason;
  std::string by;
  wall_time since{};
  wall_time until{};  // wall_time::max(): for good

  bool operator==(ban_record const&) const = default;
};

struct ban_lifted {
  std::uint64_t id = 0;
};

/// A tenant that an operator has made, or made otherwise.
struct tenant_record {
  std::string name;
  std::string settings;  // as the configuration has them below its name: JSON, secrets and all
  std::string by;
  wall_time since{};  // when it was last made

  bool operator==(tenant_record const&) const = default;
};

struct tenant_removed {
  std::string name;
};

/// What an operator did, or tried to do.
struct audit_record {
  std::uint64_t id = 0;  // grows; 0: the store gives one
  wall_time at{};
  std::string actor;   // how it was authorised: "token", "loopback", "signal", "expiry"
  std::string action;  // "ban.add", "ban.lift", "watch.add", "watch.end", "drain", "reload", ...
  std::string detail;
  bool ok = true;

  bool operator==(audit_record const&) const = default;
};

using fact = std::variant<swarm_fact, series_point, ban_record, ban_lifted, tenant_record,
                          tenant_removed, audit_record>;

}  // namespace waggle::storage

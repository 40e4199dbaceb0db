// SPDX-License-Identifier: Apache-2.0
// The table of metrics walked into JSON; a cold path, hence nlohmann. Pure.
#include "server/control/stats_json.hpp"

#include "protocol/hex.hpp"
#include "server/metrics/exposition.hpp"
#include "server/metrics/families.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace waggle {
namespace {

using json = nlohmann::ordered_json;

/// Text from elsewhere (a version, a detail) may be no UTF-8: then it is repaired, not thrown on.
std::string dumped(json const& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace) + "\n";
}

json counters_of(std::span<core_snapshot const> cores) {
  auto const sum = sum_counters(cores);
  json counters = json::object();
  for (auto const& row : counter_families()) {
    auto& entry = counters[std::string(row.name)];
    if (row.label.empty()) {
      entry = sum.at(row.first_slot);
      continue;
    }
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      entry[std::string(row.values[i])] = sum.at(row.first_slot + i);
    }
  }
  return counters;
}

std::string hex_of(swarm_id const& swarm) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (auto const byte : swarm.value) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace

std::string stats_json(std::span<core_snapshot const> cores, server_facts const& facts) {
  json stats;
  for (auto const* first : {"peers", "seeders", "swarms", "connections"}) stats[first] = 0;
  for (auto const& row : gauge_families()) {
    stats[std::string(row.key)] = sum_gauge(cores, row.field);
  }
  stats["uptime_seconds"] = facts.uptime.count();
  stats["version"] = facts.version;
  auto& list = stats["cores"] = json::array();
  for (auto const& core : cores) {
    auto& entry = list.emplace_back(json{{"core", core.core}});
    for (auto const& row : gauge_families()) entry[std::string(row.key)] = core.*row.field;
  }
  auto& service = stats["service"] = json::object();
  for (auto const& row : service_families()) {
    service[std::string(row.key)] = facts.service.*row.field;
  }
  stats["counters"] = counters_of(cores);
  return dumped(stats);
}

std::string swarm_json(swarm_id const& swarm, swarm_counts const& counts) {
  return dumped(json{{"info_hash", hex_of(swarm)},
                     {"id", swarm_text(swarm)},
                     {"complete", counts.complete},
                     {"incomplete", counts.incomplete},
                     {"peers", std::uint64_t{counts.complete} + counts.incomplete},
                     {"seeders", counts.complete}});
}

std::string address_json(ip_address const& address, std::size_t connections) {
  return dumped(
      json{{"address", to_string(counting_network(address))}, {"connections", connections}});
}

std::string readiness_json(readiness const& state) {
  return dumped(json{{"ready", state.ready}, {"detail", state.detail}});
}

std::string error_json(std::string_view error) {
  return dumped(json{{"error", error}});
}

std::string swarm_text(swarm_id const& swarm) {
  auto text = hex_of(swarm);
  if (swarm.tenant == tenant_id::none) return text;
  std::array<char, 9> tenant{};
  std::snprintf(tenant.data(), tenant.size(), "%08x", static_cast<unsigned>(swarm.tenant));
  return text + tenant.data();
}

std::optional<swarm_id> swarm_from_hex(std::string_view hex) {
  swarm_id swarm;
  constexpr auto digits = 2 * swarm_id::bytes;
  if (!read_hex(hex.substr(0, digits), swarm.value)) return std::nullopt;
  auto const behind = hex.substr(digits);
  if (behind.empty()) return swarm;
  std::array<std::uint8_t, sizeof(tenant_id)> tenant{};
  if (!read_hex(behind, tenant)) return std::nullopt;
  std::uint32_t number = 0;
  for (auto const byte : tenant) number = number << 8U | byte;
  swarm.tenant = static_cast<tenant_id>(number);
  return swarm;
}

}  // namespace waggle

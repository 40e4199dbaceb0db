// SPDX-License-Identifier: Apache-2.0
// What a path names, and the problem that most handlers share. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "server/control/api/problem.hpp"
#include "server/control/stats_json.hpp"

#include <charconv>
#include <cstdint>
#include <string>

namespace waggle::api {

inline problem const cores_late{503, "the cores did not answer in time"};
inline problem const store_late{503, "the store did not answer in time"};

[[nodiscard]] inline checked<swarm_id> swarm_of(std::string const& id) {
  auto const swarm = swarm_from_hex(id);
  if (swarm) return *swarm;
  return problem{400, "info_hash must be 40 hex digits, or 48 for a swarm of a tenant"};
}

[[nodiscard]] inline checked<std::uint64_t> number_of(std::string const& id) {
  std::uint64_t number = 0;
  auto const* const end = id.data() + id.size();
  auto const [stop, error] = std::from_chars(id.data(), end, number);
  if (!id.empty() && error == std::errc{} && stop == end) return number;
  return problem{404, "an id is a number"};
}

}  // namespace waggle::api

// SPDX-License-Identifier: Apache-2.0
// Asks the server's internal listener which addresses it counts (GET /stats.json?address=...).
#pragma once

#include "server/doctor/url.hpp"
#include "server/net/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace waggle::doctor {

struct address_counts {
  std::vector<std::int64_t> connections;  // in the order asked; empty: see `problem`
  std::string problem;
};

/// How many connections the server counts for each of the addresses, which are literal ones.
[[nodiscard]] net::awaitable<address_counts> count_connections(url internal,
                                                               std::vector<std::string> addresses,
                                                               std::chrono::milliseconds within);

}  // namespace waggle::doctor

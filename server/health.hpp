// SPDX-License-Identifier: Apache-2.0
// `waggle health`: the settings say where the server's internal listener is, its answer is the exit
// code. For HEALTHCHECK and scripts, where neither a shell nor an HTTP client is at hand.
#pragma once

#include "config/load.hpp"

#include <chrono>
#include <iosfwd>

namespace waggle {

struct health_request {
  bool live = false;  // /healthz: the process answers; else /readyz: it takes new clients, too
  std::chrono::milliseconds timeout{3'000};
};

/// Asks the running server that has these settings. Its answer goes to `out`, anything else to
/// `err`, one line each. The file is not read where the environment or a flag names the address: a
/// mistake in a file that the running server has not read either says nothing of its health.
/// @return 0 if it answered 200; 1 for any other answer, none in time, or settings with mistakes.
[[nodiscard]] int run_health(load_sources sources, health_request const& request, std::ostream& out,
                             std::ostream& err);

}  // namespace waggle

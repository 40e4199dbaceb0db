// SPDX-License-Identifier: Apache-2.0
// What the server as a whole is doing, written by the parts that do it and read by whoever asks:
// /readyz, /metrics, /stats.json. Control loop only.
#pragma once

#include <chrono>
#include <optional>

namespace waggle {

struct service_state {
  std::optional<std::chrono::milliseconds> draining_until;  // runtime::elapsed(), once it ends
};

}  // namespace waggle

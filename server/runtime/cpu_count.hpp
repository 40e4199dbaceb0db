// SPDX-License-Identifier: Apache-2.0
// How many CPUs this process may really use: affinity mask and cgroup quota, not what is built in.
#pragma once

#include <optional>
#include <string_view>

namespace waggle::runtime {

/// CPUs that both the affinity mask and the cgroup quota allow, at least 1. Any thread.
[[nodiscard]] unsigned usable_cpus();

/// The quota in whole CPUs, rounded up, of a cgroup v2 `cpu.max` file ("max 100000" is none).
[[nodiscard]] std::optional<unsigned> parse_cpu_max(std::string_view text);

}  // namespace waggle::runtime

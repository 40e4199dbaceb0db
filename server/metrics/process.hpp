// SPDX-License-Identifier: Apache-2.0
// What the kernel knows about this process (Linux /proc). Called by the control loop only: with
// many descriptors open, counting them takes milliseconds on kernels before 6.2.
#pragma once

#include "server/metrics/table.hpp"

namespace waggle {

/// One field per row of the table; 0 where the kernel does not say.
struct process_facts {
#define WAGGLE_ROW(name, kind, help) double name = 0;
  WAGGLE_PROCESS_FACTS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

[[nodiscard]] process_facts read_process_facts();

/// What is cheap to read at any time, however many descriptors are open.
struct process_usage {
  double resident_bytes = 0;
  double cpu_seconds = 0;  // user and system
};
[[nodiscard]] process_usage read_process_usage();

}  // namespace waggle

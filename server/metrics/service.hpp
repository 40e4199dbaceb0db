// SPDX-License-Identifier: Apache-2.0
// What the server as a whole says of itself when it is scraped: readiness, certificate, and
// whatever else no single core knows. A value, filled on the control loop.
#pragma once

#include "server/metrics/table.hpp"

namespace waggle {

/// One field per row of the table.
struct service_facts {
#define WAGGLE_ROW(name, kind, help) double name = 0;
  WAGGLE_SERVICE_FACTS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

}  // namespace waggle

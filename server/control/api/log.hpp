// SPDX-License-Identifier: Apache-2.0
// A line of the log as the API writes it. Pure.
#pragma once

#include "server/control/api/json_answer.hpp"
#include "server/log_ring.hpp"

namespace waggle::api {

[[nodiscard]] json log_line_json(log::kept_line const& line);

}  // namespace waggle::api

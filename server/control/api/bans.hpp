// SPDX-License-Identifier: Apache-2.0
// A ban as the API writes it: in lists, answers and events. Pure.
#pragma once

#include "server/control/api/json_answer.hpp"
#include "server/storage/fact.hpp"

namespace waggle::api {

[[nodiscard]] json ban_json(storage::ban_record const& ban);

}  // namespace waggle::api

// SPDX-License-Identifier: Apache-2.0
// The overview: a page of its own and an event each second. Control loop only.
#pragma once

#include "server/control/api/context.hpp"
#include "server/net/types.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace waggle::api {

/// The body of /overview; nothing if the cores did not answer within `patience`.
net::awaitable<std::optional<std::string>> overview_text(context& with,
                                                         std::chrono::milliseconds patience);

}  // namespace waggle::api

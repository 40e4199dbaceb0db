// SPDX-License-Identifier: Apache-2.0
// The files that the listeners for clients serve, which are part of the program: the browser client
// and the demo pages. Any thread.
#pragma once

#include "server/web/web_assets.hpp"

#include <span>

namespace waggle {

/// Their paths are those of the requests, without the first slash.
[[nodiscard]] std::span<web_asset const> public_assets();

}  // namespace waggle

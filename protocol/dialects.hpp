// SPDX-License-Identifier: Apache-2.0
// The only list of dialects. A new one is a folder and a line here. Each instance belongs to one
// core.
#pragma once

#include "protocol/dialect.hpp"
#include "protocol/webtorrent/limits.hpp"

#include <memory>

namespace waggle {

/// WebTorrent trackers over WebSocket (docs/protocol/webtorrent.md).
[[nodiscard]] std::unique_ptr<dialect> make_webtorrent(webtorrent::limits const& limits);

}  // namespace waggle

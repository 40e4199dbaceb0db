// SPDX-License-Identifier: Apache-2.0
// The files of the dashboard, which are part of the program. What is behind it is chosen when the
// program is built: the dashboard, or one page that says how to get it. Any thread.
#pragma once

#include <span>
#include <string_view>

namespace waggle {

/// All of it is in static storage.
struct web_asset {
  std::string_view path;  // below /ui/: "index.html", "assets/app-3f2a91.js"
  std::string_view content_type;
  std::string_view etag;  // as it stands in the header, in its quotes
  std::string_view bytes;
  bool immutable = false;  // its name changes with its bytes
};

[[nodiscard]] std::span<web_asset const> web_assets();

}  // namespace waggle

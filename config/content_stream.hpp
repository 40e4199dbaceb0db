// SPDX-License-Identifier: Apache-2.0
// One stream of a content in a registry: by which properties its client tells it apart. Pure.
#pragma once

#include "config/content_file.hpp"
#include "config/json_item.hpp"
#include "protocol/content/p2p_media_loader.hpp"

#include <string>
#include <utility>

namespace waggle {

struct content_stream {
  content::rendition properties;
  std::string label;
  bool indexed = false;  // whether the author gave its index
};

/// Reads `item`; what is wrong is told by it.
[[nodiscard]] content_stream read_content_stream(json_item item, content_file_limits const& limits);

/// What to call a stream that its author gave no label.
[[nodiscard]] std::string label_of(content::rendition const& stream);

}  // namespace waggle

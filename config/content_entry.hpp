// SPDX-License-Identifier: Apache-2.0
// One content of a registry, as its author wrote it and checked by itself. Pure.
#pragma once

#include "config/content_file.hpp"
#include "config/json_item.hpp"
#include "protocol/content/p2p_media_loader.hpp"

#include <string>
#include <vector>

namespace waggle {

struct content_entry {
  /// Releases that meet each other.
  struct client {
    content::derivation how{};
    std::string text;  // "p2p-media-loader 2.3"
  };

  std::string name;
  std::string swarm;  // the swarm id, or the manifest without its query
  std::vector<client> clients;
  std::vector<content::rendition> streams;
  std::vector<std::string> labels;  // of each stream
  std::vector<swarm_id> listed;     // info hashes that are written out
  std::string listed_client;        // who meets there, if that is said
};

/// Reads `item`. What is wrong is told by it, and the entry is then of no use.
[[nodiscard]] content_entry read_content_entry(json_item item, std::string const& source,
                                               problem_list& problems,
                                               content_file_limits const& limits);

}  // namespace waggle

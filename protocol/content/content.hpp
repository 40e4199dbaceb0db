// SPDX-License-Identifier: Apache-2.0
// What a content provider calls content: a name, and the swarms in which its viewers meet. Pure
// values, shared by what reads registries and what looks swarms up.
#pragma once

#include "protocol/ids.hpp"

#include <string>
#include <vector>

namespace waggle::content {

struct named_swarm {
  swarm_id swarm;
  std::string label;   // of the rendition, for people: "1080p"; empty for a whole torrent
  std::string client;  // who meets there: "p2p-media-loader 2.3"; empty if it is not known

  bool operator==(named_swarm const&) const = default;
};

struct title {
  std::string name;  // "live/channel-1"
  std::vector<named_swarm> swarms;

  bool operator==(title const&) const = default;
};

}  // namespace waggle::content

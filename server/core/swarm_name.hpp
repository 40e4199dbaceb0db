// SPDX-License-Identifier: Apache-2.0
// What operators call a swarm, and how they look for it. The name is the id where that is readable
// text, as the ids of p2p-media-loader and Trystero are; names from elsewhere belong here, too.
// Pure.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/id_prefix.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace waggle {

/// Empty: not all of its bytes are printable ASCII.
[[nodiscard]] std::string name_of(swarm_id const& swarm);

class swarm_search {
 public:
  swarm_search() = default;  // finds every swarm

  /// The first hex digits of an info hash, of either case, or the first characters of a name: what
  /// can be both finds both. Nothing: it can be neither.
  [[nodiscard]] static std::optional<swarm_search> parse(std::string_view words);

  [[nodiscard]] bool finds(swarm_id const& swarm) const {
    return (digits_ && digits_->begins(swarm)) || (text_ && text_->begins(swarm));
  }
  [[nodiscard]] bool finds_all() const { return digits_ && digits_->empty(); }

 private:
  std::optional<id_prefix> digits_{std::in_place};
  std::optional<id_prefix> text_;
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What operators call a swarm, and how they look for it. The name is the id where that is readable
// text, as the ids of p2p-media-loader and Trystero are; names from elsewhere belong here, too.
// Pure.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/id_prefix.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

/// Empty: not all of its bytes are printable ASCII.
[[nodiscard]] std::string name_of(swarm_id const& swarm);

class swarm_search {
 public:
  static constexpr std::size_t bytes_max = 256;

  swarm_search() = default;  // finds every swarm

  /// The first hex digits of an info hash, of either case, or the first characters of a name: what
  /// can be both finds both. Nothing: it is too long, or has control characters.
  [[nodiscard]] static std::optional<swarm_search> parse(std::string_view words);

  [[nodiscard]] bool finds(swarm_id const& swarm) const {
    return (digits_ && digits_->begins(swarm)) || (text_ && text_->begins(swarm)) ||
           std::ranges::binary_search(named_, swarm);
  }
  [[nodiscard]] bool finds_all() const { return digits_ && digits_->empty(); }

  /// What was asked for, as it was written.
  [[nodiscard]] std::string const& words() const { return words_; }
  /// From now on it finds these, too: they have such a name elsewhere.
  void find_also(std::vector<swarm_id> named) {
    named_ = std::move(named);
    std::ranges::sort(named_);
  }

 private:
  std::string words_;
  std::optional<id_prefix> digits_{std::in_place};
  std::optional<id_prefix> text_;
  std::vector<swarm_id> named_;  // sorted
};

}  // namespace waggle

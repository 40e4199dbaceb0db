// SPDX-License-Identifier: Apache-2.0
#include "server/core/mesh/candidates.hpp"

#include <algorithm>
#include <utility>

namespace waggle::mesh {
namespace {

// What each preference weighs. The same public address is a cheap path more often than anything
// else that is known here; a loaded or failing neighbour outweighs a close position.
constexpr float same_address = 3;
constexpr float same_position = 2;
constexpr float can_send = 1;
constexpr float each_failure = 0.5F;
constexpr float full_load = 4;
constexpr std::uint32_t failures_max = 4;  // that matter

float position_score(node const& one, node const& other, std::uint32_t window_s) {
  auto const a = one.state.position_s;
  auto const b = other.state.position_s;
  if (a == peer_state::no_position || b == peer_state::no_position || window_s == 0) return 0;
  auto const apart = a < b ? b - a : a - b;
  if (apart >= window_s) return 0;
  return same_position * (1 - static_cast<float>(apart) / static_cast<float>(window_s));
}

}  // namespace

float score(node const& seeker, node const& other, candidate_limits const& limits) {
  float sum = position_score(seeker, other, limits.position_window_s);
  if (seeker.address_tag == other.address_tag) sum += same_address;
  if (other.state.up != 0) sum += can_send;
  sum -= each_failure * static_cast<float>(std::min<std::uint32_t>(other.failures, failures_max));
  auto const want = std::max<std::uint32_t>(other.state.want, 1);
  sum -= full_load * static_cast<float>(other.links) / static_cast<float>(want) / 2;
  return sum;
}

std::span<std::uint32_t const> candidates::sample(std::uint32_t size, std::uint32_t most,
                                                  random_source& random) {
  positions_.clear();
  if (size <= most) {
    for (std::uint32_t at = 0; at < size; ++at) positions_.push_back(at);
    for (std::uint32_t at = size; at > 1; --at) {
      std::swap(positions_[at - 1], positions_[random.below(at)]);
    }
    return positions_;
  }
  // In a list that is not much longer a few draws are repeated: that only makes the sample shorter.
  for (std::uint32_t drawn = 0; drawn < most; ++drawn) positions_.push_back(random.below(size));
  std::ranges::sort(positions_);
  positions_.erase(std::unique(positions_.begin(), positions_.end()), positions_.end());
  for (auto at = static_cast<std::uint32_t>(positions_.size()); at > 1; --at) {
    std::swap(positions_[at - 1], positions_[random.below(at)]);
  }
  return positions_;
}

std::span<candidates::choice const> candidates::choose(node const& seeker, std::vector<slot>& among,
                                                       std::uint32_t wanted,
                                                       slab<node> const& nodes,
                                                       candidate_limits const& limits) {
  chosen_.clear();
  rest_.clear();
  wanted = std::min(wanted, static_cast<std::uint32_t>(among.size()));
  auto const lacking =
      limits.uniform_links - std::min<std::uint32_t>(limits.uniform_links, seeker.uniform);
  auto const uniform = std::min(wanted, lacking);
  for (std::uint32_t at = 0; at < uniform; ++at) chosen_.push_back({among[at], /*uniform=*/true});
  for (std::size_t at = uniform; at < among.size(); ++at) {
    rest_.push_back({among[at], score(seeker, nodes[among[at]], limits)});
  }
  auto const best = rest_.begin() + static_cast<std::ptrdiff_t>(wanted - uniform);
  std::partial_sort(rest_.begin(), best, rest_.end(),
                    [](scored const& a, scored const& b) { return a.score > b.score; });
  for (auto at = rest_.begin(); at != best; ++at) chosen_.push_back({at->who, /*uniform=*/false});
  return chosen_;
}

}  // namespace waggle::mesh

// SPDX-License-Identifier: Apache-2.0
#include "tests/load/roster.hpp"

#include <algorithm>
#include <random>

namespace waggle::load {

roster::roster(measured_options const& with)
    : members_(std::max<std::size_t>(with.swarms, 1)),
      each_(std::min(std::max<std::size_t>(with.swarms_each, 1), members_.size())) {
  std::vector<double> weights(members_.size(), 1.0);
  if (!with.even) {
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 1.0 / static_cast<double>(i + 1);
  }
  std::discrete_distribution<std::uint32_t> draw{weights.begin(), weights.end()};
  std::mt19937_64 random{with.seed};
  for (std::size_t client = 0; client < with.common.connections; ++client) {
    auto const mine = places_.size();
    while (places_.size() < mine + each_) {
      // Every swarm has a member before some have many.
      auto const turn = client * each_ + places_.size() - mine;
      auto one = with.even || turn < members_.size()
                     ? static_cast<std::uint32_t>(turn % members_.size())
                     : draw(random);
      auto const begin = places_.begin() + static_cast<std::ptrdiff_t>(mine);
      while (std::find(begin, places_.end(), one) != places_.end()) {
        one = (one + 1) % static_cast<std::uint32_t>(members_.size());
      }
      places_.push_back(one);
      ++members_[one];
    }
  }
}

std::vector<std::uint32_t> roster::swarms_of(std::size_t client) const {
  auto const begin = places_.begin() + static_cast<std::ptrdiff_t>(client * each_);
  return {begin, begin + static_cast<std::ptrdiff_t>(each_)};
}

}  // namespace waggle::load

// SPDX-License-Identifier: Apache-2.0
// See fact_queue.hpp.
#include "server/storage/fact_queue.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace waggle::storage {
namespace {

std::size_t weight_of(fact const& one) {
  auto const* const point = std::get_if<series_point>(&one);
  return point == nullptr ? 1 : std::max<std::size_t>(point->values.size(), 1);
}

}  // namespace

std::size_t fact_queue::add(std::span<fact const> facts) {
  std::size_t lost = 0;
  for (auto const& one : facts) {
    if (!add_one(one)) ++lost;
  }
  return lost;
}

bool fact_queue::add_one(fact const& one) {
  auto const* const news = std::get_if<swarm_fact>(&one);
  if (news != nullptr) {
    if (auto const known = swarms_.find(news->swarm); known != swarms_.end()) {
      merge(known->second, *news);
      return true;
    }
  }
  auto const weight = weight_of(one);
  if (weight_ + in_hand_ + weight > entries_max_) return false;
  weight_ += weight;
  if (news != nullptr) {
    swarms_.emplace(news->swarm, *news);
  } else {
    others_.push_back(one);
  }
  return true;
}

void fact_queue::take(std::size_t count_max, std::vector<fact>& batch) {
  auto const before = weight_;
  for (; !others_.empty() && count_max != 0; --count_max) {
    weight_ -= weight_of(others_.front());
    batch.push_back(std::move(others_.front()));
    others_.pop_front();
  }
  for (; !swarms_.empty() && count_max != 0; --count_max) {
    batch.emplace_back(swarms_.begin()->second);
    swarms_.erase(swarms_.begin());
    --weight_;
  }
  in_hand_ += before - weight_;
}

}  // namespace waggle::storage

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
  if (weight > entries_max_ - weight_) return false;
  weight_ += weight;
  if (news != nullptr) {
    swarms_.emplace(news->swarm, *news);
  } else {
    others_.push_back(one);
  }
  return true;
}

std::vector<fact> fact_queue::take(std::size_t count_max) {
  std::vector<fact> batch;
  batch.reserve(std::min(count_max, facts()));
  while (!others_.empty() && batch.size() < count_max) {
    weight_ -= weight_of(others_.front());
    batch.push_back(std::move(others_.front()));
    others_.pop_front();
  }
  while (!swarms_.empty() && batch.size() < count_max) {
    batch.emplace_back(swarms_.begin()->second);
    swarms_.erase(swarms_.begin());
    --weight_;
  }
  return batch;
}

}  // namespace waggle::storage

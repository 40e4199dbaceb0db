// SPDX-License-Identifier: Apache-2.0
// See core_news.hpp.
#include "server/core_news.hpp"

#include <chrono>

namespace waggle {

void core_news::hand_over(swarm_journal& journal, core_time now, core_counters& counters) {
  if (journal.news().empty()) return;
  counters.add(counter::swarm_news_lost, journal.lost() - lost_);
  lost_ = journal.lost();
  auto const wall = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  for (auto const& each : journal.news()) {
    auto const age = now - std::chrono::duration_cast<core_time>(each.first_seen);
    facts_.emplace_back(storage::swarm_fact{.swarm = each.swarm,
                                            .completed = each.completed,
                                            .peak = each.peak,
                                            .first_seen = wall - age,
                                            .last_seen = wall});
  }
  journal.clear();
  if (to_) to_->apply(facts_);
  facts_.clear();
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What the shard of a core has to tell, on its way to the store: after every turn, with the times
// of the wall clock. Owned by one core_loop.
#pragma once

#include "server/core/swarm_journal.hpp"
#include "server/metrics/counters.hpp"
#include "server/storage/store.hpp"

#include <memory>
#include <vector>

namespace waggle {

class core_news {
 public:
  /// @param to  may be null: then nobody wants to know.
  explicit core_news(std::shared_ptr<storage::store> to) : to_(std::move(to)) {}

  void hand_over(swarm_journal& journal, core_time now, core_counters& counters);

 private:
  std::shared_ptr<storage::store> to_;
  std::vector<storage::fact> facts_;  // scratch of hand_over()
  std::uint64_t lost_ = 0;
};

}  // namespace waggle

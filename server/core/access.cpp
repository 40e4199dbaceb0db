// SPDX-License-Identifier: Apache-2.0
// See access.hpp.
#include "server/core/access.hpp"

#include <algorithm>
#include <utility>

namespace waggle {

access_policy::access_policy(access_mode mode, std::vector<swarm_id> listed)
    : mode_(mode), listed_(std::move(listed)) {
  std::sort(listed_.begin(), listed_.end());
  listed_.erase(std::unique(listed_.begin(), listed_.end()), listed_.end());
  listed_.shrink_to_fit();
}

bool access_policy::allows(swarm_id const& swarm) const {
  if (mode_ == access_mode::open) return true;
  bool const found = std::binary_search(listed_.begin(), listed_.end(), swarm);
  return found == (mode_ == access_mode::allow);
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// See access.hpp.
#include "server/core/access.hpp"

#include <algorithm>
#include <utility>

namespace waggle {

info_hash_set::info_hash_set(std::vector<info_hash> hashes) : hashes_(std::move(hashes)) {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  hashes_.shrink_to_fit();
}

bool info_hash_set::contains(info_hash const& which) const {
  return std::binary_search(hashes_.begin(), hashes_.end(), which);
}

bool access_policy::allows(info_hash const& which, bool is_named) const {
  if (denied_.size() != 0 && denied_.contains(which)) return false;
  switch (mode_) {
    case access_mode::open:
    case access_mode::token:
      return true;
    case access_mode::allow:
      return listed_.contains(which);
    case access_mode::deny:
      return !listed_.contains(which);
    case access_mode::registered:
      break;
  }
  return is_named || listed_.contains(which);
}

}  // namespace waggle

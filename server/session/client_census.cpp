// SPDX-License-Identifier: Apache-2.0
#include "server/session/client_census.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace waggle {

void client_census::add(std::vector<session_facts> seen) {
  connections_ += seen.size();
  for (auto const& facts : seen) {
    client_kind const kind{facts.client, facts.browser, facts.dialect};
    if (auto const known = counts_.find(kind); known != counts_.end()) {
      ++known->second;
    } else if (counts_.size() < limits_.groups_max) {
      counts_.emplace(kind, 1);
    } else {
      ++others_;
    }
  }
  auto const taken = std::min(seen.size(), limits_.rows_max - kept_);
  if (taken == 0) return;
  kept_ += taken;
  if (used_ == rows_.size()) rows_.emplace_back();
  rows_[used_++].assign(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(taken));
}

void client_census::restart() {
  used_ = 0;
  kept_ = 0;
  connections_ = 0;
  counts_.clear();
  groups_.clear();
  others_ = 0;
}

void client_census::finish() {
  for (auto const& [kind, connections] : counts_) groups_.push_back({kind, connections});
  counts_.clear();
  std::ranges::sort(groups_, [](group const& left, group const& right) {
    if (left.connections != right.connections) return left.connections > right.connections;
    return left.kind < right.kind;
  });
  // Slices of several cores come in any order.
  std::ranges::stable_sort(std::span{rows_}.first(used_), {},
                           [](auto const& some) { return some.front().at.core; });
}

std::vector<session_facts> client_census::list(std::size_t offset, std::size_t limit) const {
  std::vector<session_facts> page;
  for (auto const& some : std::span{rows_}.first(used_)) {
    if (offset >= some.size()) {
      offset -= some.size();
      continue;
    }
    auto const end = std::min(some.size(), offset + limit - page.size());
    for (; offset < end; ++offset) page.push_back(some[offset]);
    if (page.size() == limit) break;
    offset = 0;
  }
  return page;
}

std::size_t client_census::bytes() const {
  auto sum = rows_.capacity() * sizeof(std::vector<session_facts>);
  for (auto const& some : rows_) sum += some.capacity() * sizeof(session_facts);
  return sum + groups_.capacity() * sizeof(group);
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "server/core/swarm_census.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace waggle {

void swarm_census::add(std::vector<swarm_facts> seen) {
  if (swarms_ == 0 && !seen.empty()) {
    first_ = seen.front().swarm;
    common_ = swarm_id::bytes;
  }
  swarms_ += seen.size();
  for (auto const& facts : seen) {
    note_common(facts.swarm);
    for (std::size_t order = 0; order < tops_.size(); ++order) {
      offer(tops_[order], rank_of(facts, static_cast<swarm_order>(order)), facts);
    }
  }
  auto const taken = std::min(seen.size(), limits_.rows_max - kept_);
  if (taken == 0) return;
  kept_ += taken;
  if (used_ == rows_.size()) rows_.emplace_back();
  rows_[used_++].assign(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(taken));
}

// Ids that somebody made up may begin alike, and then a million rows would be looked at for each
// comparison of theirs.
void swarm_census::note_common(swarm_id const& id) {
  auto const end = first_.value.begin() + static_cast<std::ptrdiff_t>(common_);
  common_ = static_cast<std::size_t>(
      std::mismatch(first_.value.begin(), end, id.value.begin()).first - first_.value.begin());
}

void swarm_census::restart() {
  used_ = 0;
  kept_ = 0;
  swarms_ = 0;
  for (auto& each : tops_) {
    each.entries.clear();
    each.worst = {};
    each.full = false;
  }
}

void swarm_census::finish() {
  for (auto& each : tops_) {
    if (each.entries.size() > limits_.top_max) cut(each);
    std::ranges::sort(each.entries, comes_before);
  }
}

swarm_census::rank swarm_census::rank_of(swarm_facts const& of, swarm_order order,
                                         std::size_t skipped) {
  rank result;
  auto const from = std::min(skipped, of.swarm.value.size() - sizeof result.id_head);
  for (std::size_t at = 0; at < sizeof result.id_head; ++at) {
    result.id_head = result.id_head << 8U | of.swarm.value[from + at];
  }
  switch (order) {
    case swarm_order::members:
      result.amount = std::uint64_t{of.counts.complete} + of.counts.incomplete;
      break;
    case swarm_order::joins:
      result.amount = of.history.joins;
      break;
    case swarm_order::relays:
      result.amount = std::uint64_t{of.history.offers_relayed} + of.history.answers_relayed;
      break;
  }
  return result;
}

bool swarm_census::comes_before(top::entry const& left, top::entry const& right) {
  return left.by == right.by ? left.facts.swarm < right.facts.swarm : left.by.before(right.by);
}

// Rows gather until there are twice as many as are wanted, then the worse half goes: O(1) a row on
// average in whatever order they come, where a heap would pay its depth for each in the worst one.
void swarm_census::offer(top& to, rank const& by, swarm_facts const& facts) const {
  if (to.full && to.worst.before(by)) return;
  to.entries.push_back({by, facts});
  if (to.entries.size() >= 2 * limits_.top_max) cut(to);
}

void swarm_census::cut(top& what) const {
  auto const last = what.entries.begin() + static_cast<std::ptrdiff_t>(limits_.top_max) - 1;
  std::ranges::nth_element(what.entries, last, comes_before);
  what.worst = last->by;
  what.full = true;
  what.entries.resize(limits_.top_max);
}

swarm_census::page swarm_census::list(swarm_order order, swarm_search const& wanted,
                                      std::size_t offset, std::size_t limit) const {
  offset = std::min(offset, swarms_);  // the sum with the limit is a small number
  auto const& sorted = tops_[static_cast<std::size_t>(order)].entries;
  auto const complete = sorted.size() == swarms_;
  if (!wanted.finds_all() || (!complete && offset + limit > sorted.size())) {
    return search(order, wanted, offset, limit);
  }
  page result{.rows = {}, .total = swarms_};
  auto const end = std::min(sorted.size(), offset + limit);
  for (auto at = offset; at < end; ++at) result.rows.push_back(sorted[at].facts);
  return result;
}

swarm_census::page swarm_census::search(swarm_order order, swarm_search const& wanted,
                                        std::size_t offset, std::size_t limit) const {
  auto& found = found_;
  found.clear();
  if (wanted.finds_all()) found.reserve(kept_);
  for (auto const& some : std::span{rows_}.first(used_)) {
    for (auto const& facts : some) {
      if (wanted.finds(facts.swarm)) found.push_back({rank_of(facts, order, common_), &facts});
    }
  }
  page result{.rows = {}, .total = wanted.finds_all() ? swarms_ : found.size()};
  auto const begin = static_cast<std::ptrdiff_t>(std::min(offset, found.size()));
  auto const end = static_cast<std::ptrdiff_t>(std::min(offset + limit, found.size()));
  auto const comes_before = [](match const& left, match const& right) {
    if (left.by == right.by) return left.facts->swarm < right.facts->swarm;
    return left.by.before(right.by);
  };
  // Those before the page are put apart, and of what is left the first are sorted: a heap of them
  // turns nearly all away at once.
  if (begin != 0 && begin != end) {
    std::nth_element(found.begin(), found.begin() + begin, found.end(), comes_before);
  }
  std::partial_sort(found.begin() + begin, found.begin() + end, found.end(), comes_before);
  for (auto at = begin; at < end; ++at) {
    result.rows.push_back(*found[static_cast<std::size_t>(at)].facts);
  }
  return result;
}

std::size_t swarm_census::bytes() const {
  auto sum =
      rows_.capacity() * sizeof(std::vector<swarm_facts>) + found_.capacity() * sizeof(match);
  for (auto const& some : rows_) sum += some.capacity() * sizeof(swarm_facts);
  for (auto const& each : tops_) sum += each.entries.capacity() * sizeof(top::entry);
  return sum;
}

}  // namespace waggle

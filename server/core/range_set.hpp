// SPDX-License-Identifier: Apache-2.0
// A set of ranges of keys that compare as bytes do: addresses, ids, prefixes of ids. Made once,
// then only asked. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace waggle {

template <class Key>
class range_set {
 public:
  struct range {
    Key first;
    Key last;  // inclusive
  };

  range_set() = default;
  /// In any order; they may overlap.
  explicit range_set(std::vector<range> ranges) : ranges_(std::move(ranges)) {
    std::ranges::sort(ranges_, {}, &range::first);
    std::size_t kept = 0;
    for (auto const& next : ranges_) {
      if (kept > 0 && next.first <= ranges_[kept - 1].last) {
        ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, next.last);
      } else {
        ranges_[kept++] = next;
      }
    }
    ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(kept), ranges_.end());
  }

  /// O(log size).
  [[nodiscard]] bool contains(Key const& key) const {
    auto const behind = std::ranges::upper_bound(ranges_, key, {}, &range::first);
    return behind != ranges_.begin() && key <= std::prev(behind)->last;
  }

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] std::size_t size() const { return ranges_.size(); }

 private:
  std::vector<range> ranges_;  // sorted, disjoint
};

}  // namespace waggle

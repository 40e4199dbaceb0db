// SPDX-License-Identifier: Apache-2.0
// See memory_series.hpp.
#include "server/storage/memory_series.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace waggle::storage {

void memory_series::add(series_point const& point) {
  auto const count = std::min(point.values.size(), values_per_point_max);
  for (auto const span : resolutions) {
    if (span < point.span) continue;
    auto& all = spans_[static_cast<std::size_t>(span)];
    auto const at = begin_of(span, point.at);
    auto& into = all[at];
    for (std::size_t i = 0; i < count; ++i) {
      auto& [sum, points] = into[point.values[i].first];
      sum += point.values[i].second;
      ++points;
    }
    keep_largest_subjects(into, subjects_kept_open);
    if (auto const here = all.find(at); here != all.begin()) {
      keep_largest_subjects(std::prev(here)->second, subjects_kept);
    }
    auto const newest = std::prev(all.end())->first;
    all.erase(all.begin(), all.lower_bound(newest - kept_for(span)));
  }
}

void memory_series::keep_largest_subjects(moment& of, std::size_t kept) {
  std::vector<std::pair<double, std::string>> subjects;
  for (auto const& [name, value] : of) {
    if (is_of_a_subject(name)) subjects.emplace_back(value.sum, name);
  }
  if (subjects.size() <= kept) return;
  std::sort(subjects.begin(), subjects.end(), std::greater<>{});
  for (auto i = kept; i < subjects.size(); ++i) of.erase(subjects[i].second);
}

std::vector<series_point> memory_series::find(series_query const& query) const {
  std::vector<series_point> found;
  auto const& all = spans_[static_cast<std::size_t>(query.span)];
  auto const names = std::min(query.names.size(), names_per_query_max);
  auto const first = all.lower_bound(query.from);
  for (auto each = all.lower_bound(query.until); each != first && !(query.until < query.from);) {
    --each;
    if (found.size() == query.points_max) break;
    series_point point{.at = each->first, .span = query.span, .values = {}};
    for (std::size_t i = 0; i < names; ++i) {
      auto const value = each->second.find(query.names[i]);
      if (value == each->second.end()) continue;
      point.values.emplace_back(query.names[i], value->second.sum / value->second.count);
    }
    if (!point.values.empty()) found.push_back(std::move(point));
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::size_t memory_series::rows() const {
  std::size_t rows = 0;
  for (auto const& all : spans_) {
    for (auto const& each : all) rows += each.second.size();
  }
  return rows;
}

}  // namespace waggle::storage

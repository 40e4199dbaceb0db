// SPDX-License-Identifier: Apache-2.0
// Edit distance and the nearest of some words. Pure.
#include "config/nearest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace waggle {

std::size_t edit_distance(std::string_view from, std::string_view to) {
  // Three rows of the usual table: a swap looks two rows back.
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> above(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;

  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      auto const substitution = above[j - 1] + (from[i - 1] == to[j - 1] ? 0U : 1U);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[to.size()];
}

std::string const& nearest(std::string_view word, std::span<std::string const> candidates) {
  constexpr std::size_t compared_bytes_max = 64;  // the distance costs the product of the lengths
  auto const start = word.substr(0, compared_bytes_max);
  std::vector<std::size_t> distances;
  distances.reserve(candidates.size());
  for (auto const& candidate : candidates) distances.push_back(edit_distance(start, candidate));
  auto const best = std::min_element(distances.begin(), distances.end()) - distances.begin();
  return candidates[static_cast<std::size_t>(best)];
}

}  // namespace waggle

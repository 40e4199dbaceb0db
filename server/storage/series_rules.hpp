// SPDX-License-Identifier: Apache-2.0
// How long series are kept and how they are rolled up, the same for every back end. Time is that of
// the points themselves: a store asks no clock. Pure.
#pragma once

#include "server/storage/fact.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace waggle::storage {

inline constexpr std::array resolutions = {resolution::minute, resolution::hour, resolution::day};

/// Names of subjects kept in a span that is over, the largest sums first. Together with the totals
/// this bounds what the series take: some 80,000 rows.
inline constexpr std::size_t subjects_kept = 20;
/// The same while the span goes on: who is small now may become large.
inline constexpr std::size_t subjects_kept_open = 200;
/// Of one point; further ones are left out.
inline constexpr std::size_t values_per_point_max = 64;
inline constexpr std::size_t names_per_query_max = 16;

[[nodiscard]] constexpr std::chrono::milliseconds length_of(resolution span) {
  switch (span) {
    case resolution::minute:
      return std::chrono::minutes{1};
    case resolution::hour:
      return std::chrono::hours{1};
    case resolution::day:
      return std::chrono::hours{24};
  }
  return {};
}

[[nodiscard]] constexpr std::chrono::milliseconds kept_for(resolution span) {
  switch (span) {
    case resolution::minute:
      return std::chrono::hours{24};
    case resolution::hour:
      return std::chrono::days{30};
    case resolution::day:
      return std::chrono::days{365};
  }
  return {};
}

/// When the span began that a moment lies in.
[[nodiscard]] constexpr wall_time begin_of(resolution span, wall_time at) {
  auto const length = length_of(span);
  auto rest = at.time_since_epoch() % length;
  if (rest < rest.zero()) rest += length;
  return at - rest;
}

/// "swarm/.../members" is one of many subjects; "peers" is not.
[[nodiscard]] constexpr bool is_of_a_subject(std::string_view name) {
  return name.find('/') != std::string_view::npos;
}

}  // namespace waggle::storage

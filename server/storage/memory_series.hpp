// SPDX-License-Identifier: Apache-2.0
// Series in memory: rolled up, and bounded by series_rules.hpp. Pure; one thread at a time.
#pragma once

#include "server/storage/series_rules.hpp"
#include "server/storage/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace waggle::storage {

class memory_series {
 public:
  void add(series_point const& point);
  [[nodiscard]] std::vector<series_point> find(series_query const& query) const;
  [[nodiscard]] std::size_t rows() const;

 private:
  struct figure {
    double sum = 0;
    std::uint32_t count = 0;
  };
  using moment = std::map<std::string, figure, std::less<>>;
  using moments = std::map<wall_time, moment>;

  static void keep_largest_subjects(moment& of, std::size_t kept);

  std::array<moments, resolutions.size()> spans_;
};

}  // namespace waggle::storage

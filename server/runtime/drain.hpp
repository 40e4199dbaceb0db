// SPDX-License-Identifier: Apache-2.0
// How many of the connections of a server that ends should have been told to go by now. Pure: time
// is an argument. Knows nothing of the domain.
#pragma once

#include <chrono>
#include <cstddef>

namespace waggle::runtime {

/// Spreads `total` farewells evenly over a window, so that the clients, who all come back at once
/// to whoever serves next, do not come back in the same instant.
class drain {
 public:
  using milliseconds = std::chrono::milliseconds;

  drain(milliseconds begin, milliseconds window, std::size_t total)
      : begin_(begin), window_(window), total_(total) {}

  /// How many are due by `now`: grows from 0 at the beginning to `total` at the end of the window.
  [[nodiscard]] std::size_t due(milliseconds now) const {
    if (now >= begin_ + window_) return total_;
    if (now <= begin_) return 0;
    auto const share =
        static_cast<double>((now - begin_).count()) / static_cast<double>(window_.count());
    return static_cast<std::size_t>(share * static_cast<double>(total_));
  }

  [[nodiscard]] bool over(milliseconds now) const { return now >= begin_ + window_; }
  [[nodiscard]] milliseconds end() const { return begin_ + window_; }

 private:
  milliseconds begin_;
  milliseconds window_;
  std::size_t total_;
};

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// The bytes of one fuzz input, taken from the front as numbers and texts: what a target makes of
// them is a plan that small changes of the input change a little. Past the end all is 0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::fuzz {

class input_bytes {
 public:
  input_bytes(std::uint8_t const* data, std::size_t size)
      : left_(reinterpret_cast<char const*>(data), size) {}

  [[nodiscard]] bool empty() const { return left_.empty(); }

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    auto const first = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return first;
  }
  /// Less than `bound`, which is 256 at most.
  std::uint32_t below(std::size_t bound) { return static_cast<std::uint32_t>(byte() % bound); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  std::string_view text(std::size_t bytes_max) {
    auto const taken = left_.substr(0, bytes_max);
    left_.remove_prefix(taken.size());
    return taken;
  }
  /// What is in front of the next newline, which is taken too.
  std::string_view line() {
    auto const taken = left_.substr(0, left_.find('\n'));
    left_.remove_prefix(std::min(left_.size(), taken.size() + 1));
    return taken;
  }

 private:
  std::string_view left_;
};

}  // namespace waggle::fuzz

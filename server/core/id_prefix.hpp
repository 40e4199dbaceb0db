// SPDX-License-Identifier: Apache-2.0
// The first hex digits of an id, as an operator types them. Pure value.
#pragma once

#include "protocol/ids.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace waggle {

class id_prefix {
 public:
  id_prefix() = default;  // of every id

  /// Nothing: these are not at most 40 lower-case hex digits.
  [[nodiscard]] static std::optional<id_prefix> parse(std::string_view digits) {
    constexpr std::string_view known = "0123456789abcdef";
    id_prefix result;
    if (digits.size() > 2 * result.bytes_.size()) return std::nullopt;
    for (auto const digit : digits) {
      auto const value = known.find(digit);
      if (value == std::string_view::npos) return std::nullopt;
      auto& byte = result.bytes_[result.digits_ / 2];
      auto const shift = result.digits_ % 2 == 0 ? 4U : 0U;
      byte = static_cast<std::uint8_t>(byte | value << shift);
      ++result.digits_;
    }
    return result;
  }

  template <class Id>
  [[nodiscard]] bool begins(Id const& id) const {
    auto const whole = digits_ / 2;
    if (!std::equal(bytes_.begin(), bytes_.begin() + whole, id.value.begin())) return false;
    auto const at = static_cast<std::size_t>(whole);
    return digits_ % 2 == 0 || id.value[at] >> 4U == bytes_[at] >> 4U;
  }

  [[nodiscard]] bool empty() const { return digits_ == 0; }

 private:
  std::array<std::uint8_t, 20> bytes_{};
  std::uint8_t digits_ = 0;
};

}  // namespace waggle

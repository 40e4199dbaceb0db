// SPDX-License-Identifier: Apache-2.0
// Another value for any one setting, read off the table. Tests only.
#pragma once

#include "config/fields.hpp"

#include <chrono>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace waggle::test {

/// `from` with another value of `which`, within its bounds where it has numbers; the rules between
/// settings may not hold.
inline settings changed(field const& which, settings from = {}) {
  auto const number = [&](auto is) {
    return static_cast<std::uint64_t>(is) == which.bounds.low ? which.bounds.high
                                                              : which.bounds.low;
  };
  std::visit(
      [&](auto* value) {
        using type = std::remove_pointer_t<decltype(value)>;
        if constexpr (std::is_same_v<type, bool>) {
          *value = !*value;
        } else if constexpr (std::is_integral_v<type> || std::is_enum_v<type>) {
          *value = static_cast<type>(number(*value));
        } else if constexpr (std::is_same_v<type, std::chrono::milliseconds>) {
          *value = type{static_cast<std::int64_t>(number(value->count()))};
        } else if constexpr (std::is_same_v<type, std::string>) {
          *value += "x";
        } else if constexpr (std::is_same_v<type, endpoint_setting>) {
          ++value->port;
        } else if constexpr (std::is_same_v<type, std::vector<std::string>>) {
          value->emplace_back(40, 'a');
        } else if constexpr (std::is_same_v<type, std::vector<ip_network>>) {
          value->push_back(*parse_ip_network("10.0.0.0/8"));
        } else if constexpr (std::is_same_v<type, std::vector<origin_setting>>) {
          value->push_back({"https://example.org"});
        } else if constexpr (std::is_same_v<type, std::vector<secret_setting>>) {
          value->push_back({"k" + std::to_string(value->size()), std::string(32, 's')});
        } else if constexpr (std::is_same_v<type, std::vector<ice_url_setting>>) {
          value->push_back({"stun:stun.example.org"});
        } else {
          static_assert(std::is_same_v<type, std::vector<endpoint_setting>>);
          value->emplace_back();
        }
      },
      which.in(from));
  return from;
}

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// The parameters of a query string, read strictly: a value that is none is a problem with the
// parameter's name, a parameter that nobody knows is ignored. Pure.
#pragma once

#include "server/control/admin_view.hpp"
#include "server/control/api/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::api {

/// The decoded value of the first parameter with that name; nothing: there is none.
[[nodiscard]] std::optional<std::string> parameter(std::string_view query, std::string_view name);

struct number_bounds {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t otherwise = 0;  // without the parameter
};
[[nodiscard]] checked<std::uint64_t> number_parameter(std::string_view query, std::string_view name,
                                                      number_bounds const& bounds);

inline constexpr std::size_t page_limit_max = 500;

/// `limit` and `offset` of a list.
[[nodiscard]] checked<page_request> page_parameters(std::string_view query);

}  // namespace waggle::api

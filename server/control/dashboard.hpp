// SPDX-License-Identifier: Apache-2.0
// The dashboard's files over HTTP. Pure.
#pragma once

#include "server/control/http.hpp"

#include <string_view>

namespace waggle {

/// "/", "/ui" and what is below it.
[[nodiscard]] bool is_dashboard_path(std::string_view path);

/// @param if_none_match  of the request, or empty.
[[nodiscard]] http_answer dashboard_answer(std::string_view path, std::string_view if_none_match);

}  // namespace waggle

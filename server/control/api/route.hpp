// SPDX-License-Identifier: Apache-2.0
// The one table of the admin API: what can be asked for, and who answers. 404, 405 and Allow follow
// from it; a test compares it with openapi.json. Pure look-up.
#pragma once

#include "server/control/api/context.hpp"
#include "server/control/http.hpp"
#include "server/net/types.hpp"

#include <span>
#include <string>
#include <string_view>

namespace waggle::api {

inline constexpr std::string_view prefix = "/api/v1";

/// What sets a route apart.
struct route_traits {
  bool changes = false;        // state: what asks for it must be JSON by its Content-Type
  bool without_admin = false;  // works where the server has no admin_view, too
  bool without_token = false;
};

struct route {
  http_method method = http_method::get;
  std::string_view path;  // behind the prefix; at most one "{...}", which stands for one segment
  net::awaitable<http_answer> (*run)(context& with, call asked) = nullptr;
  route_traits traits{};
};

[[nodiscard]] std::span<route const> route_table();

struct route_match {
  route const* found = nullptr;
  std::string_view id;  // a part of the path
  std::string allow;    // without `found`: the methods that the path has; empty: no such path
};

/// @param path  of the request, with the prefix. HEAD is served by the route of GET.
[[nodiscard]] route_match match_route(http_method method, std::string_view path);

}  // namespace waggle::api

// SPDX-License-Identifier: Apache-2.0
// The admin API as the router sees it: who may ask for what, and the answer. Control loop only.
#pragma once

#include "server/control/api/auth.hpp"
#include "server/control/api/context.hpp"
#include "server/control/http.hpp"
#include "server/log.hpp"
#include "server/net/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace waggle::api {

/// "/api" and what is below it.
[[nodiscard]] bool is_api_path(std::string_view path);

/// What a request is told whose body could not be read.
[[nodiscard]] http_answer unreadable_body(unsigned status);

class admin_api {
 public:
  admin_api(net::asio::io_context& loop, parts from);
  admin_api(admin_api const&) = delete;
  admin_api& operator=(admin_api const&) = delete;

  /// False: the API and the dashboard are not to be seen from here.
  [[nodiscard]] bool reachable() const { return authority_.reachable(); }

  /// Why the request is not served whatever its body says.
  [[nodiscard]] std::optional<http_answer> refusal(http_request const& request,
                                                   std::string_view path);

  /// Only of a request that is not refused. The object must stay while it is awaited.
  net::awaitable<http_answer> answer(http_request request, std::string path, std::string query);

  /// Ends the event streams, for good.
  void stop();
  void publish(std::string_view name, std::string const& data);

 private:
  authority authority_;
  context context_;
  log::rate_limit warnings_;
};

}  // namespace waggle::api

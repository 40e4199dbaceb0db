// SPDX-License-Identifier: Apache-2.0
// The pages of the internal listener: a request in, an answer out; no parser, no socket. What
// operators may do is the admin API's (server/control/api), the dashboard's files are server/web's.
// Control loop only.
#pragma once

#include "server/control/admin_view.hpp"
#include "server/control/api/admin_api.hpp"
#include "server/control/http.hpp"
#include "server/control/server_view.hpp"
#include "server/control/snapshot_source.hpp"
#include "server/net/types.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace waggle {

/// What the pages are made from. The views outlive the listener.
struct internal_routes {
  server_view& view;
  std::string version;
  std::chrono::milliseconds answer_patience{5'000};  // how long the cores may take
  admin_view* admin = nullptr;                       // null: what needs it answers 503
  api_options api{};
  bool loopback = false;  // only this machine can connect; the listener writes it
};

class router {
 public:
  router(net::asio::io_context& loop, internal_routes routes);

  /// Why the request is refused whatever its body says; nothing: its body may be read. That is
  /// asked first, so that nobody can send what he may not.
  [[nodiscard]] std::optional<http_answer> refusal(http_request const& request) const;

  /// The router must stay while it is awaited.
  net::awaitable<http_answer> answer(http_request request);

  /// What a request is told whose body could not be read.
  [[nodiscard]] http_answer unreadable_body(unsigned status) const;

  /// Ends every stream. No request comes after it.
  void stop();
  void publish(std::string_view name, std::string const& data);

 private:
  net::awaitable<http_answer> page(std::string target);
  net::awaitable<http_answer> metrics();
  net::awaitable<http_answer> stats();
  net::awaitable<http_answer> one_swarm(std::string hex, std::string tenant);
  [[nodiscard]] http_answer one_address(std::string_view written) const;
  [[nodiscard]] http_answer ready() const;

  net::asio::io_context& loop_;
  internal_routes routes_;
  std::shared_ptr<snapshot_source> source_;
  std::unique_ptr<api::admin_api> api_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

[[nodiscard]] http_answer error_answer(unsigned status, std::string_view error);

}  // namespace waggle

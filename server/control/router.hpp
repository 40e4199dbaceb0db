// SPDX-License-Identifier: Apache-2.0
// The pages of the internal listener: a request target in, an answer out; no HTTP, no socket.
// Control loop only.
#pragma once

#include "server/control/server_view.hpp"
#include "server/control/snapshot_source.hpp"
#include "server/net/types.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace waggle {

/// What the pages are made from. `view` outlives the listener.
struct internal_routes {
  server_view& view;
  std::string version;
  std::chrono::milliseconds answer_patience{5'000};  // how long the cores may take
};

struct http_answer {
  unsigned status = 200;
  std::string_view content_type;  // static storage
  std::string body;
};

class router {
 public:
  router(net::asio::io_context& loop, internal_routes routes);

  /// The answer to GET `target`. The router must stay while it is awaited.
  net::awaitable<http_answer> answer(std::string target);

 private:
  net::awaitable<http_answer> metrics();
  net::awaitable<http_answer> stats();
  net::awaitable<http_answer> one_swarm(std::string hex);
  [[nodiscard]] http_answer one_address(std::string_view written) const;
  [[nodiscard]] http_answer ready() const;

  net::asio::io_context& loop_;
  internal_routes routes_;
  std::shared_ptr<snapshot_source> source_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

[[nodiscard]] http_answer error_answer(unsigned status, std::string_view error);

}  // namespace waggle

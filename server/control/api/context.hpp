// SPDX-License-Identifier: Apache-2.0
// What every handler of the admin API works with, and the one call that it serves. Control loop
// only.
#pragma once

#include "server/control/admin_view.hpp"
#include "server/control/api/options.hpp"
#include "server/control/http.hpp"
#include "server/control/server_view.hpp"
#include "server/control/snapshot_source.hpp"
#include "server/net/types.hpp"
#include "server/storage/fact.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace waggle::api {

class event_hub;

/// What the API is made from; the views outlive it.
struct parts {
  server_view& view;
  admin_view* admin = nullptr;
  std::shared_ptr<snapshot_source> source;
  std::string version;
  std::chrono::milliseconds patience{};  // with the cores
  api_options options{};
  bool loopback = false;
};

struct context {
  net::asio::io_context& loop;
  parts from;
  storage::wall_time started_at{};
  std::shared_ptr<event_hub> events{};
};

struct call {
  std::string id;     // what the path has in the place of its {...}
  std::string query;  // without the question mark
  std::string body;
  std::string_view actor;  // static storage
};

[[nodiscard]] inline storage::wall_time wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace waggle::api

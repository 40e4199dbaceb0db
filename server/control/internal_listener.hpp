// SPDX-License-Identifier: Apache-2.0
// HTTP for the operator, not for clients: metrics, health, the admin API, the dashboard. Runs on
// the control loop, which has no sessions of clients, so that a scrape never delays one. Control
// loop only.
#pragma once

#include "server/control/router.hpp"
#include "server/net/types.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace waggle {

struct internal_limits {
  std::size_t connections_max = 256;  // past it a connection is closed at once
  std::size_t request_head_bytes_max = 8192;
  std::size_t request_body_bytes_max = 16'384;
  std::chrono::milliseconds idle_max{10'000};  // for a head, a body, and for writing an answer
};

/// Why a listener could not be opened. `text` names the address.
struct listen_error {
  boost::system::error_code code;
  std::string text;  // "cannot listen on 127.0.0.1:8001: Address already in use"
};

class internal_listener {
 public:
  using opened = boost::system::result<std::unique_ptr<internal_listener>, listen_error>;

  /// Binds, listens and begins to accept. Port 0: the kernel picks one, see local_endpoint().
  /// The listener is destroyed before `loop`, on its thread or after it stopped.
  [[nodiscard]] static opened open(net::asio::io_context& loop, net::tcp::endpoint const& at,
                                   internal_routes routes, internal_limits const& limits = {});

  internal_listener(internal_listener const&) = delete;
  internal_listener& operator=(internal_listener const&) = delete;
  ~internal_listener();

  /// Stops accepting and closes every connection. Again: nothing.
  void stop();

  /// Tells the event streams of the admin API what happened elsewhere. @param data  one JSON value.
  void publish(std::string_view name, std::string const& data);

  [[nodiscard]] net::tcp::endpoint local_endpoint() const;

 private:
  struct state;
  explicit internal_listener(std::shared_ptr<state> shared) : state_(std::move(shared)) {}

  static net::awaitable<void> accept_loop(std::shared_ptr<state> shared);
  static net::awaitable<void> serve(std::shared_ptr<state> shared, net::tcp_socket socket);

  std::shared_ptr<state> state_;  // shared with the coroutines of its connections
};

/// "127.0.0.1:8001", "[::1]:8001".
[[nodiscard]] std::string address_text(net::tcp::endpoint const& at);

[[noreturn]] void throw_exception_from_error(listen_error const& error,
                                             boost::source_location const& where);

}  // namespace waggle

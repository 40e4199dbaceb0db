// SPDX-License-Identifier: Apache-2.0
// The end of the server, in order: not ready any more, nothing accepted, sessions told to go over a
// window, loops stopped. Control loop only.
#pragma once

#include "server/core_loop.hpp"
#include "server/net/types.hpp"
#include "server/runtime/ignored_after.hpp"
#include "server/service_state.hpp"

#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace waggle {

class shutdown {
 public:
  /// Everything outlives the object.
  /// @param window  over which the sessions of all cores are closed; 0: at once.
  shutdown(net::asio::io_context& control, std::vector<std::unique_ptr<core_loop>> const& cores,
           service_state& state, std::chrono::milliseconds window);

  /// Closes the sessions over another window, unless that has begun.
  void use(std::chrono::milliseconds window) { window_ = window; }
  [[nodiscard]] std::chrono::milliseconds window() const { return window_; }

  /// Drains as SIGTERM does, over another window if that has not begun.
  void begin(std::chrono::milliseconds window, std::string_view why);

  /// From now on the first SIGTERM or SIGINT drains and then stops `control`; a second one stops it
  /// at once.
  void watch_signals();

 private:
  void on_signal(int number);
  void core_is_drained();

  net::asio::io_context& control_;
  std::vector<std::unique_ptr<core_loop>> const& cores_;
  service_state& state_;
  std::chrono::milliseconds window_;
  runtime::ignored_after late_{SIGINT, SIGTERM};
  net::asio::signal_set signals_;
  std::size_t cores_drained_ = 0;
};

}  // namespace waggle

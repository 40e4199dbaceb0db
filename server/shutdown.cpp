// SPDX-License-Identifier: Apache-2.0
#include "server/shutdown.hpp"

#include "server/log.hpp"
#include "server/runtime/clock.hpp"

#include <boost/asio/post.hpp>

#include <csignal>
#include <string>

namespace waggle {
namespace {

// For the close handshakes of those who were told last.
constexpr std::chrono::milliseconds handshake_patience{2'000};

}  // namespace

shutdown::shutdown(net::asio::io_context& control,
                   std::vector<std::unique_ptr<core_loop>> const& cores, service_state& state,
                   std::chrono::milliseconds window)
    : control_(control),
      cores_(cores),
      state_(state),
      window_(window),
      signals_(control, SIGINT, SIGTERM) {}

void shutdown::watch_signals() {
  signals_.async_wait([this](net::error_code const& error, int number) {
    if (!error) on_signal(number);
  });
}

void shutdown::on_signal(int number) {
  if (state_.draining_until) {
    log::app()->info("stopping at once signal={}", number);
    return control_.stop();
  }
  begin(window_, "signal " + std::to_string(number));
  watch_signals();
}

void shutdown::begin(std::chrono::milliseconds window, std::string_view why) {
  if (state_.draining_until) return;
  log::app()->info("draining why=\"{}\" window_ms={}", why, window.count());
  state_.draining_until = runtime::elapsed() + window;
  // A core that is done waits for the others: its swarms still serve their sessions.
  for (auto const& core : cores_) {
    core->drain(window, handshake_patience,
                [this] { net::asio::post(control_, [this] { core_is_drained(); }); });
  }
}

void shutdown::core_is_drained() {
  if (++cores_drained_ == cores_.size()) control_.stop();
}

}  // namespace waggle

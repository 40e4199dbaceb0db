// SPDX-License-Identifier: Apache-2.0
// How a core ends, see core_loop.hpp: its sessions told in slices, then closed.
#include "server/core_loop.hpp"

#include <utility>

namespace waggle {
namespace {

constexpr std::chrono::milliseconds slice{20};  // how often sessions are told to go

}  // namespace

void core_loop::drain(std::chrono::milliseconds window, std::chrono::milliseconds patience,
                      std::function<void()> drained) {
  ask([window, patience, drained = std::move(drained)](core_loop& self) {
    auto const begin = self.now();
    self.start_draining({.schedule = {begin, window, self.sessions_.size()},
                         .window = window,
                         .sessions = {},
                         .give_up = begin + window + patience,
                         .drained = drained});
  });
}

void core_loop::stop() {
  ask([](core_loop& self) { self.stop_now(); });
}

void core_loop::start_draining(ending how) {
  if (ending_) return;
  how.sessions.reserve(sessions_.size());
  sessions_.for_each([&](net::ws_session& session) { how.sessions.push_back(session.self()); });
  ending_ = std::move(how);
  for (auto const& accepting : listeners_) accepting->stop();
  tell_next();
}

void core_loop::tell_next() {
  auto const due = ending_->schedule.due(now());
  for (; ending_->told < due; ++ending_->told) {
    auto* const session = sessions_.find(ending_->sessions[ending_->told]);
    if (session == nullptr) continue;
    session->send_away(ending_->window);
  }
  settle();  // they have left their swarms
  report_if_drained();
  if (!ending_->drained) return;
  slice_.expires_after(slice);
  slice_.async_wait([this](net::error_code const& error) {
    if (!error) tell_next();
  });
}

void core_loop::report_if_drained() {
  if (!ending_ || !ending_->drained) return;
  if (sessions_.size() != 0 && now() < ending_->give_up) return;
  std::exchange(ending_->drained, {})();
}

void core_loop::stop_now() {
  for (auto const& accepting : listeners_) accepting->stop();
  sessions_.for_each([](net::ws_session& session) {
    session.close(websocket::close_code::going_away, label::closed::shutdown);
  });
  end_turn();  // what they are told goes out as far as the kernel takes it at once
  work_.reset();
  io_.stop();
}

}  // namespace waggle

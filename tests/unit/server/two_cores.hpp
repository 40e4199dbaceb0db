// SPDX-License-Identifier: Apache-2.0
// Two cores in service, each with a listener of its own so that a test chooses where a client
// lives, and a control loop that runs while something is awaited. Tests only; one thread.
#pragma once

#include "server/core_loop.hpp"
#include "tests/support/deadline.hpp"
#include "tests/support/tracker_client.hpp"
#include "tests/unit/server/core_rig.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace waggle::test {

inline swarm_id id_of(std::string const& binary) {
  swarm_id id;
  auto const hex = hex_of(binary);
  for (std::size_t at = 0; at < id.value.size(); ++at) {
    id.value[at] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * at, 2), nullptr, 16));
  }
  return id;
}

class two_cores : public testing::Test {
 protected:
  static constexpr std::uint16_t cores_count = 2;

  two_cores() {
    std::vector<core_loop*> all;
    for (std::uint16_t core = 0; core < cores_count; ++core) {
      core_options options;
      options.core = core;
      options.where = where_;
      options.clients.counts = &addresses_;
      options.clients.ledger = &ledger_;
      cores_.push_back(std::make_unique<core_loop>(std::move(options)));
      all.push_back(cores_.back().get());
    }
    for (std::uint16_t core = 0; core < cores_count; ++core) {
      cores_[core]->connect(all);
      net::error_code error;
      auto sockets = net::listen_on({net::asio::ip::address_v4::loopback(), 0}, {}, 1, {}, error);
      if (error) throw std::runtime_error(error.message());
      at_[core] = {.scheme = "ws", .host = "127.0.0.1", .port = sockets.at.port()};
      cores_[core]->listen(sockets.at.protocol(), sockets.take(0), {});
    }
    for (auto const& core : cores_) running_.emplace_back(*core);
  }

  tracker_client& connect(std::uint16_t core, std::string const& user_agent = "Chrome/131.0") {
    return clients_.emplace_back(at_[core], ws_options{.headers = {{"User-Agent", user_agent}}});
  }

  /// What is answered to `ask(done)`, while the control loop runs here.
  template <class Answer, class Ask>
  Answer await(Ask ask) {
    std::optional<Answer> answer;
    ask([&](Answer what) { answer = std::move(what); });
    deadline const until{patience};
    while (!answer && !until.passed()) {
      control_.restart();
      control_.run_one_for(until.left());
    }
    if (!answer) throw std::runtime_error("no answer");
    return std::move(*answer);
  }

  placement where_{.seed = {.first = 1, .second = 2}, .cores = cores_count};
  net::asio::io_context control_;  // outlives what the cores hold
  net::address_counts addresses_{{.first = 1, .second = 2}};
  net::client_ledger ledger_{{.first = 3, .second = 4}};
  std::vector<std::unique_ptr<core_loop>> cores_;
  std::array<endpoint, cores_count> at_;
  std::deque<running> running_;
  std::deque<tracker_client> clients_;
};

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Connections that relay offers and answers all the time, and notice whatever gets lost.
#pragma once

#include "tests/support/tracker_client.hpp"

#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace waggle::test {

/// Pairs of connections on a thread of their own. In each round every first one announces with an
/// offer, which its second one answers; whatever does not come back is a failure.
class busy_crowd {
 public:
  busy_crowd(endpoint const& at, std::size_t pairs) {
    for (std::size_t i = 0; i < pairs; ++i) {
      pairs_.emplace_back(at);
      pairs_.back().answerer.announce(
          {.swarm = pairs_.back().swarm, .peer = pairs_.back().answerer_peer});
    }
    thread_ = std::thread{[this] { run(); }};
  }
  busy_crowd(busy_crowd const&) = delete;
  busy_crowd& operator=(busy_crowd const&) = delete;
  ~busy_crowd() { stop(); }

  /// Waits until everybody has completed a round that began after the call.
  [[nodiscard]] bool relays_on() {
    auto const before = rounds_.load();
    return eventually([&] { return over_ || rounds_ >= before + 2; }, 2 * patience) && !over_;
  }
  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  /// After stop(): what went wrong first, and how many rounds were complete.
  [[nodiscard]] std::string const& failure() const { return failure_; }
  [[nodiscard]] std::size_t rounds() const { return rounds_; }

 private:
  struct pair {
    explicit pair(endpoint const& at) : offerer(at), answerer(at) {}
    std::string swarm = fresh_swarm();
    std::string offerer_peer = fresh_peer();
    std::string answerer_peer = fresh_peer();
    tracker_client offerer;
    tracker_client answerer;
  };

  void run() {
    try {
      while (!stopping_) {
        round();
        ++rounds_;
      }
    } catch (std::exception const& why) {
      failure_ = why.what();
    }
    over_ = true;
  }
  void round() {
    auto const prefix = "r" + std::to_string(rounds_);
    for (auto& one : pairs_)
      one.offerer.send(announce_message({.swarm = one.swarm,
                                         .peer = one.offerer_peer,
                                         .event = "",
                                         .offers = some_offers(prefix, 1)}));
    for (auto& one : pairs_) insist(one.offerer.receive(), &tracker_message::is_reply);
    for (auto& one : pairs_) {
      auto const offer = insist(one.answerer.receive(), &tracker_message::is_offer);
      one.answerer.send(answer_message({.swarm = one.swarm,
                                        .peer = one.answerer_peer,
                                        .to = one.offerer_peer,
                                        .offer_id = offer.string("offer_id")}));
    }
    for (auto& one : pairs_) insist(one.offerer.receive(), &tracker_message::is_answer);
  }
  static tracker_message insist(tracker_message got, bool (tracker_message::*kind)() const) {
    if (!(got.*kind)()) throw std::runtime_error("unexpected: " + got.text);
    return got;
  }

  std::vector<pair> pairs_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> over_ = false;
  std::atomic<std::size_t> rounds_ = 0;
  std::string failure_;  // written before over_
};

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/hostile/honest_swarm.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace waggle::test {
namespace {

// Well below the narrowest quota that a test sets, so that only the attacker is over it.
constexpr milliseconds between_rounds{40};

void insist(tracker_message const& got, bool (tracker_message::*kind)() const) {
  if (!(got.*kind)()) throw std::runtime_error("an honest peer got: " + got.text);
}

}  // namespace

honest_swarm::honest_swarm(endpoint const& at, ws_options const& options)
    : offerer_(at, options), answerer_(at, options) {
  answerer_.announce({.swarm = swarm_, .peer = answerer_peer_});
  thread_ = std::thread{[this] { run(); }};
}

honest_swarm::~honest_swarm() {
  {
    std::scoped_lock const lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
  EXPECT_EQ(failure_, "") << "in round " << rounds_;
  EXPECT_GT(rounds_, 0U);
}

bool honest_swarm::relays_on() {
  auto const before = rounds_.load();
  return eventually([&] { return over_ || rounds_ >= before + 2; }) && !over_;
}

void honest_swarm::run() {
  try {
    do {  // also behind an attack that is over at once
      round(rounds_);
      ++rounds_;
    } while (!stopped(between_rounds));
  } catch (std::exception const& why) {
    failure_ = why.what();
  }
  over_ = true;
}

void honest_swarm::round(std::size_t number) {
  auto const offers = some_offers("honest" + std::to_string(number), 1);
  offerer_.send(announce_message(
      {.swarm = swarm_, .peer = offerer_peer_, .event = "", .numwant = 1, .offers = offers}));
  insist(offerer_.receive(), &tracker_message::is_reply);
  auto const offer = answerer_.receive();
  insist(offer, &tracker_message::is_offer);
  answerer_.send(answer_message({.swarm = swarm_,
                                 .peer = answerer_peer_,
                                 .to = offerer_peer_,
                                 .offer_id = offer.string("offer_id")}));
  auto const answer = offerer_.receive();
  insist(answer, &tracker_message::is_answer);
  if (answer.string("offer_id") != offers[0].id) {
    throw std::runtime_error("an honest peer got another answer: " + answer.text);
  }
}

bool honest_swarm::stopped(milliseconds within) {
  std::unique_lock lock{mutex_};
  return stop_.wait_for(lock, within, [this] { return stopping_; });
}

}  // namespace waggle::test

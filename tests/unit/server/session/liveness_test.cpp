// SPDX-License-Identifier: Apache-2.0
// When a connection is pinged and when it is given up, as timelines.
#include "server/session/liveness.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace waggle {
namespace {

using namespace std::chrono_literals;
using verdict = liveness::verdict;

enum class step : std::uint8_t {
  receive,
  send,
  ping,
  begin_message,
  end_message,
  close,
  hold,
  let_go,
  check
};

struct moment {
  std::chrono::milliseconds at;
  step what;
  verdict expected = verdict::fine;  // of a check
};

struct timeline {
  char const* name;
  std::vector<moment> moments;
};

constexpr core_time start{500'000};

void apply(liveness& life, step what, core_time now) {
  switch (what) {
    case step::receive:
      return life.on_received(now);
    case step::send:
      return life.on_sent(now);
    case step::ping:  // a ping is a frame: the session says both
      life.on_ping(now);
      return life.on_sent(now);
    case step::begin_message:
      life.on_received(now);
      return life.on_message_progress(/*incomplete=*/true, now);
    case step::end_message:
      life.on_received(now);
      life.on_message();
      return life.on_message_progress(/*incomplete=*/false, now);
    case step::hold:
      return life.on_held(now);
    case step::let_go:
      return life.on_let_go(now);
    case step::close:
      return life.on_closing(now);
    case step::check:
      return;
  }
}

std::vector<timeline> timelines() {
  using enum step;
  return {
      {"silence in both directions",
       {{24'999ms, check, verdict::fine}, {25s, check, verdict::ping}}},
      {"the client speaks, the server does not",
       {{10s, receive}, {20s, receive}, {24'999ms, check}, {25s, check, verdict::ping}}},
      {"the server speaks, the client does not",
       {{10s, send}, {20s, send}, {24'999ms, check}, {25s, check, verdict::ping}}},
      {"both speak", {{20s, receive}, {21s, send}, {44'999ms, check}, {45s, check, verdict::ping}}},
      {"one ping per ping_after",
       {{25s, ping}, {25s, check}, {49'999ms, check}, {50s, check, verdict::ping}}},
      {"a pong puts the next ping off, whatever was sent",
       {{25s, ping}, {26s, receive}, {49'999ms, check}, {50s, check, verdict::ping}}},
      {"dead after a minute with two pings unanswered",
       {{25s, ping}, {50s, ping}, {59'999ms, check}, {60s, check, verdict::dead}}},
      {"not dead after a minute with one ping unanswered",
       {{25s, ping}, {60s, check, verdict::ping}, {61s, ping}, {61s, check, verdict::dead}}},
      {"not dead without pings", {{10min, check, verdict::ping}}},
      {"a pong counts for all pings before it",
       {{25s, ping},
        {50s, ping},
        {55s, receive},
        {60s, check},
        {75s, check, verdict::ping},
        {75s, ping},
        {100s, ping},
        {114'999ms, check},
        {115s, check, verdict::dead}}},
      {"pings that were answered are not held against the client later",
       {{25s, ping}, {50s, ping}, {55s, receive}, {75s, ping}, {115s, check, verdict::ping}}},
      {"the deadline of a message runs from its first byte",
       {{5s, begin_message},
        {15s, send},
        {15s, begin_message},
        {25s, begin_message},
        {30s, send},
        {34'999ms, check},
        {35s, check, verdict::message_too_slow}}},
      {"a complete message has no deadline",
       {{5s, begin_message}, {34s, end_message}, {34s, send}, {40s, check}}},
      {"the next message has a deadline of its own",
       {{5s, begin_message},
        {20s, end_message},
        {21s, begin_message},
        {22s, send},
        {40s, check},
        {46s, receive},
        {46s, send},
        {50'999ms, check},
        {51s, check, verdict::message_too_slow}}},
      {"while closing only the close deadline counts",
       {{1s, begin_message},
        {25s, ping},
        {50s, ping},
        {58s, close},
        {62'999ms, check},
        {63s, check, verdict::close_too_slow}}},
      {"a client that is held back is pinged and cannot be dead",
       {{10s, hold},
        {25s, check, verdict::ping},
        {25s, ping},
        {50s, check, verdict::ping},
        {50s, ping},
        {60s, check},
        {74'999ms, check},
        {75s, check, verdict::ping}}},
      {"silence goes on where the hold began",
       {{10s, hold},
        {25s, ping},
        {50s, ping},
        {75s, ping},
        {80s, let_go},
        {80s, check},
        {100s, ping},
        {125s, ping},
        {129'999ms, check},
        {130s, check, verdict::dead}}},
      {"a message that was begun has the rest of its time after the hold",
       {{5s, begin_message},
        {15s, hold},
        {24s, send},
        {45s, check, verdict::ping},
        {115s, let_go},
        {115s, send},
        {116s, ping},
        {134'999ms, check},
        {135s, check, verdict::message_too_slow}}},
      {"pongs that nobody read are not held against it",
       {{25s, ping},
        {50s, ping},
        {55s, hold},
        {75s, ping},
        {100s, let_go},
        {105s, check, verdict::ping}}},
      {"while closing the client's bytes put nothing off",
       {{10s, close}, {14s, receive}, {15s, check, verdict::close_too_slow}}},
  };
}

TEST(Liveness, FollowsTheTimelines) {
  liveness_limits const limits{};
  for (auto const& line : timelines()) {
    liveness life{start};
    for (auto const& [at, what, expected] : line.moments) {
      if (what == step::check) {
        EXPECT_EQ(life.check(start + at, limits), expected) << line.name << " at " << at.count();
      } else {
        apply(life, what, start + at);
      }
    }
  }
}

TEST(Liveness, KeepsToOtherLimits) {
  liveness_limits const limits{
      .ping_after = 1s, .dead_after = 3s, .message_deadline = 500ms, .close_deadline = 100ms};
  liveness life{start};

  EXPECT_EQ(life.check(start + 999ms, limits), verdict::fine);
  EXPECT_EQ(life.check(start + 1s, limits), verdict::ping);
  life.on_ping(start + 1s);
  life.on_ping(start + 2s);
  EXPECT_EQ(life.check(start + 3s, limits), verdict::dead);
  life.on_message_progress(/*incomplete=*/true, start + 100ms);
  EXPECT_EQ(life.check(start + 600ms, limits), verdict::message_too_slow);
  life.on_closing(start + 1s);
  EXPECT_EQ(life.check(start + 1'100ms, limits), verdict::close_too_slow);
}

// A session sleeps until next_check(): if nothing happens meanwhile, nothing was missed.
TEST(Liveness, NextCheckNeverSkipsAVerdict) {
  auto const seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  auto const below = [&](int bound) { return static_cast<int>(random() % unsigned(bound)); };
  liveness_limits const limits{.ping_after = 25ms,
                               .dead_after = 60ms,
                               .message_deadline = 30ms,
                               .close_deadline = 5ms,
                               .first_message_deadline = 40ms};

  for (int run = 0; run < 3000; ++run) {
    liveness life{start};
    auto now = start;
    auto held = false;
    for (int happened = 0; happened < 12; ++happened) {
      auto const what = below(8) == 0 ? (held ? step::let_go : step::hold)
                                      : static_cast<step>(below(below(8) == 0 ? 6 : 5));
      if (what == step::hold || what == step::let_go) held = !held;
      apply(life, what, now);
      auto const wake = life.next_check(limits);
      auto const until = now + std::chrono::milliseconds{below(40)};
      for (; now < until; now += 1ms) {
        auto const said = life.check(now, limits);
        if (now < wake) {
          ASSERT_EQ(said, verdict::fine) << "run " << run << ", before " << wake.count();
        }
      }
      // It is not too early either, or sessions would be looked at for nothing.
      ASSERT_NE(life.check(wake, limits), verdict::fine) << "run " << run;
    }
  }
}

TEST(Liveness, WhoHasSaidNothingByItsFirstDeadlineIsGivenUp) {
  liveness_limits const limits{.first_message_deadline = 30s};
  liveness life{start};
  life.on_message_progress(/*incomplete=*/true, start + 20s);
  life.on_ping(start + 25s);
  life.on_sent(start + 25s);
  life.on_received(start + 26s);

  EXPECT_EQ(life.next_check(limits), start + 30s);
  EXPECT_EQ(life.check(start + 29'999ms, limits), verdict::fine);
  EXPECT_EQ(life.check(start + 30s, limits), verdict::no_message);
  life.on_message();
  EXPECT_EQ(life.check(start + 30s, limits), verdict::fine);
}

TEST(Liveness, TheFirstDeadlineWaitsWhileTheClientIsHeldBack) {
  liveness_limits const limits{.ping_after = 1h, .first_message_deadline = 30s};
  liveness life{start};
  life.on_held(start + 10s);
  EXPECT_EQ(life.check(start + 10min, limits), verdict::fine);

  life.on_let_go(start + 10min);

  EXPECT_EQ(life.check(start + 10min + 19'999ms, limits), verdict::fine);
  EXPECT_EQ(life.check(start + 10min + 20s, limits), verdict::no_message);
}

// Doing what it says always moves the next look into the future: no verdict repeats at once.
TEST(Liveness, APingGivesTimeUntilTheNextOne) {
  liveness_limits const limits{};
  liveness life{start};
  auto now = start;
  int pings = 0;
  for (;;) {
    now = life.next_check(limits);
    auto const said = life.check(now, limits);
    if (said != verdict::ping) {
      EXPECT_EQ(said, verdict::dead);
      break;
    }
    life.on_ping(now);
    life.on_sent(now);
    ++pings;
    ASSERT_GT(life.next_check(limits), now);
  }
  EXPECT_EQ(pings, 2);
  EXPECT_EQ(now - start, 60s);
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The counters of one core: every name has a slot of its own.
#include "server/metrics/counters.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace waggle {
namespace {

TEST(CoreCounters, AddCountsOneUnlessToldMore) {
  core_counters counters;

  counters.add(counter::messages_received);
  counters.add(counter::messages_received, 41);

  EXPECT_EQ(counters.value(counter::messages_received), 42U);
  EXPECT_EQ(counters.value(counter::messages_sent), 0U);
}

TEST(CoreCounters, EveryLabelValueIsCountedApart) {
  core_counters counters;

  counters.add(counter::connections_closed, label::closed::dead);
  counters.add(counter::connections_closed, label::closed::shutdown, 2);
  counters.add(counter::announces, announce_event::stopped, 3);
  counters.add(counter::failures, label::failure::swarm_full, 4);

  EXPECT_EQ(counters.value(counter::connections_closed, label::closed::dead), 1U);
  EXPECT_EQ(counters.value(counter::connections_closed, label::closed::shutdown), 2U);
  EXPECT_EQ(counters.value(counter::connections_closed, label::closed::client), 0U);
  EXPECT_EQ(counters.value(counter::announces, announce_event::stopped), 3U);
  EXPECT_EQ(counters.value(counter::failures, label::failure::swarm_full), 4U);
}

TEST(CoreCounters, LastValueOfAFamilyIsNotTheFirstOfTheNext) {
  core_counters counters;

  counters.add(counter::connections_accepted, label::transport::tls);

  EXPECT_EQ(counters.value(counter::connections_closed, label::closed::client), 0U);
}

TEST(CoreCounters, SumAddsSlotBySlot) {
  core_counters one;
  one.add(counter::pings_sent, 5);
  core_counters other;
  other.add(counter::pings_sent, 7);
  other.add(counter::http_requests, label::http::health);

  one += other;

  EXPECT_EQ(one.value(counter::pings_sent), 12U);
  EXPECT_EQ(one.value(counter::http_requests, label::http::health), 1U);
}

TEST(CoreCounters, SnapshotIsPlainToCopy) {
  static_assert(std::is_trivially_copyable_v<core_snapshot>);
  EXPECT_LE(sizeof(core_snapshot), 2048U);
}

TEST(FailureLabel, ErrorsMapToTheirRowAndForeignTextsToOther) {
  EXPECT_EQ(label::failure_of(errc::not_json), label::failure::not_json);
  EXPECT_EQ(label::failure_of(errc::swarm_full), label::failure::swarm_full);
  EXPECT_EQ(label::failure_of(errc::ok), label::failure::other);
  EXPECT_EQ(label::failure_of(reason(errc::bad_answer)), label::failure::bad_answer);
  EXPECT_EQ(label::failure_of("members only"), label::failure::other);
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "server/storage/fact_queue.hpp"

#include "tests/support/store_rig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle::storage::test {
namespace {

using namespace std::chrono_literals;
using namespace waggle::test;
using testing::SizeIs;

fact news(std::uint32_t swarm, std::uint32_t completed = 1) {
  return swarm_fact{numbered_swarm(swarm), completed, 2, at(1s), at(2s)};
}

std::vector<fact> take(fact_queue& from, std::size_t count_max) {
  std::vector<fact> batch;
  from.take(count_max, batch);
  return batch;
}

std::size_t add(fact_queue& to, std::initializer_list<fact> facts) {
  return to.add(std::span{facts.begin(), facts.size()});
}

TEST(FactQueue, MergesTheNewsOfOneSwarm) {
  fact_queue queue{10};
  EXPECT_EQ(add(queue, {news(1), swarm_fact{numbered_swarm(1), 4, 9, at(0s), at(9s)}}), 0U);
  auto const taken = take(queue, 10);
  ASSERT_THAT(taken, SizeIs(1));
  auto const& one = std::get<swarm_fact>(taken[0]);
  EXPECT_EQ(one.completed, 5U);
  EXPECT_EQ(one.peak, 9U);
  EXPECT_EQ(one.first_seen, at(0s));
  EXPECT_EQ(one.last_seen, at(9s));
  EXPECT_TRUE(queue.empty());
}

TEST(FactQueue, CountsWhatFindsItFullAndStillMerges) {
  fact_queue queue{3};
  EXPECT_EQ(add(queue, {news(1), news(2), audit_record{}, news(3), audit_record{}}), 2U);
  EXPECT_EQ(add(queue, {news(1), news(2)}), 0U) << "they wait already";
  EXPECT_EQ(queue.facts(), 3U);
  static_cast<void>(take(queue, 1));
  EXPECT_EQ(add(queue, {news(3)}), 1U) << "what is in hand may yet have to wait again";
  queue.written();
  EXPECT_EQ(add(queue, {news(3)}), 0U) << "there is room again";
  EXPECT_EQ(add(queue, {news(4)}), 1U);
}

TEST(FactQueue, CountsAPointByItsValues) {
  fact_queue queue{5};
  series_point const point{.at = at(0s), .values = {{"a", 1.0}, {"b", 1.0}, {"c", 1.0}}};
  EXPECT_EQ(add(queue, {point, point}), 1U);
  EXPECT_EQ(add(queue, {news(1), news(2), news(3)}), 1U);
  EXPECT_THAT(take(queue, 100), SizeIs(3));
  queue.written();
  EXPECT_EQ(add(queue, {point, news(1), news(2)}), 0U);
}

TEST(FactQueue, KeepsTheOrderOfWhatOperatorsDid) {
  fact_queue queue{100};
  add(queue, {ban_record{.id = 1}, news(1), ban_lifted{1}, ban_record{.id = 2}});
  auto taken = take(queue, 2);
  ASSERT_THAT(taken, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<ban_record>(taken[0]));
  EXPECT_TRUE(std::holds_alternative<ban_lifted>(taken[1]));
  taken = take(queue, 100);
  ASSERT_THAT(taken, SizeIs(2));
  EXPECT_EQ(std::get<ban_record>(taken[0]).id, 2U);
}

}  // namespace
}  // namespace waggle::storage::test

// SPDX-License-Identifier: Apache-2.0
// What server/storage/store.hpp promises, held against every back end that is in the table.
#include "server/storage/series_rules.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/store_rig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

namespace waggle::storage::test {
namespace {

using namespace std::chrono_literals;
using namespace waggle::test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class Store : public testing::TestWithParam<back_end> {
 protected:
  std::unique_ptr<store> open(store_options options = {}) {
    options.url = GetParam().scheme;
    if (GetParam().has_path) options.url += folder_.path("facts");
    return opened(options);
  }

 private:
  temporary_folder folder_;
};

TEST_P(Store, IsEmptyAtFirst) {
  auto const store = open();
  auto const all = store->load();
  EXPECT_THAT(all.bans, IsEmpty());
  EXPECT_THAT(all.completed, IsEmpty());
  EXPECT_EQ(all.next_ban_id, 1U);
  EXPECT_TRUE(all.readable);
  EXPECT_THAT(swarms_in(*store, {numbered_swarm(1)}), IsEmpty());
  EXPECT_THAT(series_in(*store, {.names = {"peers"}, .from = at(0s), .until = at(1h)}), IsEmpty());
  EXPECT_THAT(audit_in(*store), IsEmpty());
}

TEST_P(Store, KeepsTenantsByNameUntilTheyAreRemoved) {
  auto const store = open();
  tenant_record const acme{R"(acme)", R"({"access":{"mode":"open"}})", "token", at(1s)};
  tenant_record const zoo{"zoo", "{}", "loopback", at(2s)};
  tenant_record const changed{"acme", R"({"limits":{"swarms_max":3}})", "token", at(3s)};
  apply(*store, {zoo, acme});
  apply(*store, {changed, tenant_removed{"nobody"}});
  static_cast<void>(audit_in(*store));  // writes what waits
  EXPECT_THAT(store->load().tenants, ElementsAre(changed, zoo));

  apply(*store, {tenant_removed{"zoo"}});
  static_cast<void>(audit_in(*store));
  EXPECT_THAT(store->load().tenants, ElementsAre(changed));
  EXPECT_EQ(store->facts().facts_dropped, 0U);
}

TEST_P(Store, AddsUpWhatItIsToldOfASwarm) {
  auto const store = open();
  apply(*store, {swarm_fact{numbered_swarm(1), 2, 5, at(10s), at(20s)},
                 swarm_fact{numbered_swarm(2), 0, 1, at(1s), at(2s)}});
  apply(*store, {swarm_fact{numbered_swarm(1), 1, 3, at(5s), at(15s)}});

  EXPECT_THAT(swarms_in(*store, {numbered_swarm(1), numbered_swarm(2), numbered_swarm(3)}),
              UnorderedElementsAre(swarm_record{numbered_swarm(1), 3, 5, at(5s), at(20s)},
                                   swarm_record{numbered_swarm(2), 0, 1, at(1s), at(2s)}));
  auto const facts = store->facts();
  EXPECT_EQ(facts.facts_dropped, 0U);
  EXPECT_EQ(facts.facts_waiting, 0U);
  EXPECT_GE(facts.facts_written, 2U) << "two of the three may be one by now";
  EXPECT_THAT(facts.problem, IsEmpty());
}

TEST_P(Store, AddsUpAcrossBatches) {
  auto const store = open();
  for (int round = 0; round < 5; ++round) {
    apply(*store, {swarm_fact{numbered_swarm(1), 1, 1, at(10s), at(20s)}});
    static_cast<void>(swarms_in(*store, {numbered_swarm(1)}));  // writes what waits
  }
  auto const found = swarms_in(*store, {numbered_swarm(1)});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].completed, 5U);
}

TEST_P(Store, WritesSoonWithoutBeingAsked) {
  auto const store = open();
  apply(*store, {swarm_fact{numbered_swarm(1), 1, 1, at(10s), at(20s)}});
  EXPECT_TRUE(eventually([&] { return store->facts().facts_written == 1; }));
  EXPECT_EQ(store->facts().facts_waiting, 0U);
}

TEST_P(Store, ForgetsTheSwarmThatWasNotSeenForLongest) {
  auto const store = open({.swarms_max = 100});
  std::vector<fact> facts;
  std::vector<swarm_id> ids;
  for (std::uint32_t number = 0; number < 3'000; ++number) {
    // The even ones are the older half.
    auto const seen = number % 2 == 0 ? at(std::chrono::seconds{number}) : at(24h) + number * 1s;
    facts.emplace_back(swarm_fact{numbered_swarm(number), 0, 2, at(0s), seen});
    ids.push_back(numbered_swarm(number));
  }
  store->apply(facts);

  std::vector<swarm_record> left;
  EXPECT_TRUE(eventually([&] {
    left = swarms_in(*store, ids);
    return left.size() <= 100;
  }));
  ASSERT_THAT(left, SizeIs(100));
  for (auto const& one : left) EXPECT_GE(one.last_seen, at(24h) + 2'801s);
}

TEST_P(Store, KeepsTheMeanOfEverySpan) {
  auto const store = open();
  for (int minute = 0; minute < 120; ++minute) {
    apply(*store,
          {series_point{.at = at(minute * 1min + 17s),
                        .values = {{"peers", minute}, {"swarm/ab/members", 2.0 * minute}}}});
  }
  auto const minutes =
      series_in(*store, {.names = {"peers"}, .from = at(10min), .until = at(13min)});
  ASSERT_THAT(minutes, SizeIs(3));
  EXPECT_EQ(minutes[0].at, at(10min));
  EXPECT_EQ(minutes[0].span, resolution::minute);
  EXPECT_THAT(minutes[2].values, ElementsAre(std::pair<std::string, double>{"peers", 12.0}));

  auto const hours = series_in(*store, {.names = {"peers", "swarm/ab/members"},
                                        .from = at(0s),
                                        .until = at(24h),
                                        .span = resolution::hour});
  ASSERT_THAT(hours, SizeIs(2));
  EXPECT_EQ(hours[1].at, at(1h));
  EXPECT_EQ(hours[1].span, resolution::hour);
  using pair = std::pair<std::string, double>;
  EXPECT_THAT(hours[0].values,
              UnorderedElementsAre(pair{"peers", 29.5}, pair{"swarm/ab/members", 59.0}));
  EXPECT_THAT(hours[1].values,
              UnorderedElementsAre(pair{"peers", 89.5}, pair{"swarm/ab/members", 179.0}));

  auto const days = series_in(
      *store, {.names = {"peers"}, .from = at(0s), .until = at(24h), .span = resolution::day});
  ASSERT_THAT(days, SizeIs(1));
  EXPECT_THAT(days[0].values, ElementsAre(pair{"peers", 59.5}));
}

TEST_P(Store, GivesTheNewestPointsWhereThereAreMoreThanWanted) {
  auto const store = open();
  for (int minute = 0; minute < 30; ++minute) {
    apply(*store, {series_point{.at = at(minute * 1min), .values = {{"peers", minute}}}});
  }
  auto const found =
      series_in(*store, {.names = {"peers"}, .from = at(0s), .until = at(1h), .points_max = 3});
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found.front().at, at(27min));
  EXPECT_EQ(found.back().at, at(29min));
}

TEST_P(Store, KeepsEachResolutionForItsTime) {
  auto const store = open();
  for (int day = 0; day < 400; ++day) {
    apply(*store, {series_point{.at = at(day * 24h), .values = {{"peers", day}}}});
  }
  auto const oldest_of = [&](resolution span) {
    auto const found = series_in(
        *store, {.names = {"peers"}, .from = at(0s), .until = at(500 * 24h), .span = span});
    return found.empty() ? at(500 * 24h) : found.front().at;
  };
  EXPECT_TRUE(eventually([&] { return oldest_of(resolution::minute) == at(398 * 24h); }));
  EXPECT_EQ(oldest_of(resolution::hour), at(369 * 24h));
  EXPECT_EQ(oldest_of(resolution::day), at(34 * 24h));
}

TEST_P(Store, KeepsTheLargestSubjectsOfASpanThatIsOver) {
  auto const store = open();
  std::vector<std::string> names;
  for (int minute = 0; minute < 60; ++minute) {
    series_point point{.at = at(minute * 1min), .values = {{"peers", 1.0}}};
    for (int subject = 0; subject < 20; ++subject) {
      // Each minute other ones, larger by the minute.
      names.push_back("swarm/" + std::to_string(minute * 20 + subject) + "/members");
      point.values.emplace_back(names.back(), 10.0 + minute * 20 + subject);
    }
    store->apply(std::vector<fact>{point});
  }
  apply(*store, {series_point{.at = at(61min), .values = {{"peers", 1.0}}}});
  auto const kept = [&](std::string const& name) {
    return !series_in(*store, {.names = {name, "peers"},
                               .from = at(0s),
                               .until = at(1h),
                               .span = resolution::hour})[0]
                .values.empty() &&
           series_in(*store, {.names = {name, "peers"},
                              .from = at(0s),
                              .until = at(1h),
                              .span = resolution::hour})[0]
                   .values.size() == 2;
  };
  EXPECT_EQ(std::count_if(names.begin(), names.end(), kept), std::ptrdiff_t{subjects_kept});
  EXPECT_TRUE(std::all_of(names.end() - subjects_kept, names.end(), kept)) << "the largest";
}

TEST_P(Store, TakesNoMoreValuesOfAPointThanItSays) {
  auto const store = open();
  series_point point{.at = at(0s), .values = {}};
  for (int i = 0; i < 200; ++i) point.values.emplace_back("figure" + std::to_string(i), 1.0);
  store->apply(std::vector<fact>{point});
  EXPECT_THAT(series_in(*store, {.names = {"figure63"}, .from = at(0s), .until = at(1h)}),
              SizeIs(1));
  EXPECT_THAT(series_in(*store, {.names = {"figure64"}, .from = at(0s), .until = at(1h)}),
              IsEmpty());
}

TEST_P(Store, NumbersTheAuditAndReadsItBackwards) {
  auto const store = open({.audit_max = 50});
  for (int i = 0; i < 80; ++i) {
    apply(*store, {audit_record{.at = at(i * 1s),
                                .actor = "token",
                                .action = "ban.add",
                                .detail = std::to_string(i),
                                .ok = i % 2 == 0}});
  }
  auto const newest = audit_in(*store, {.limit = 10});
  ASSERT_THAT(newest, SizeIs(10));
  EXPECT_EQ(newest[0], (audit_record{.id = newest[0].id,
                                     .at = at(79s),
                                     .actor = "token",
                                     .action = "ban.add",
                                     .detail = "79",
                                     .ok = false}));
  EXPECT_EQ(newest[9].detail, "70");
  EXPECT_EQ(audit_in(*store, {.before = newest[9].id, .limit = 1})[0].detail, "69");
  EXPECT_TRUE(eventually([&] { return audit_in(*store, {.limit = 1'000}).size() == 50; }));
}

TEST_P(Store, AnswersQueriesOfSeveralThreadsWhileFactsCome) {
  auto const store = open();
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        apply(*store, {swarm_fact{numbered_swarm(7), 1, 1, at(0s), at(1s)}});
        if (i % 20 == 0) static_cast<void>(swarms_in(*store, {numbered_swarm(7)}));
      }
    });
  }
  threads.clear();
  EXPECT_EQ(swarms_in(*store, {numbered_swarm(7)})[0].completed, 600U);
}

std::string name_of(testing::TestParamInfo<back_end> const& row) {
  return std::string{row.param.scheme.substr(0, row.param.scheme.size() - 1)};
}

INSTANTIATE_TEST_SUITE_P(BackEnds, Store, testing::ValuesIn(back_ends().begin(), back_ends().end()),
                         name_of);

TEST(Stores, NameTheKnownOnesWhereTheUrlIsWrong) {
  for (auto const* const url :
       {"redis://x", "", "memory", "memory:x", "sqlite:", "sqlite", "/a.db"}) {
    auto const refused = open_store({.url = url});
    ASSERT_FALSE(refused) << url;
    EXPECT_THAT(refused.error().text, testing::HasSubstr("known are memory:, sqlite:PATH")) << url;
    EXPECT_FALSE(check_url(url)) << url;
  }
  EXPECT_TRUE(check_url("sqlite:/nowhere/at/all"));
}

}  // namespace
}  // namespace waggle::storage::test

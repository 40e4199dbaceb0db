// SPDX-License-Identifier: Apache-2.0
#include "server/core/swarm_census.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace waggle::test {
namespace {

swarm_facts facts_of(std::uint32_t number, std::uint32_t members, std::uint32_t joins = 0,
                     std::uint32_t relays = 0) {
  swarm_facts facts;
  facts.swarm = movie(number);
  facts.counts.incomplete = members;
  facts.history.joins = joins;
  facts.history.offers_relayed = relays;
  return facts;
}

std::vector<std::uint32_t> numbers(swarm_census::page const& page) {
  std::vector<std::uint32_t> result;
  for (auto const& row : page.rows) {
    auto const& id = row.swarm.value;
    result.push_back(std::uint32_t{id[16]} << 24U | std::uint32_t{id[17]} << 16U |
                     std::uint32_t{id[18]} << 8U | id[19]);
  }
  return result;
}

using order = swarm_order;
using found = std::vector<std::uint32_t>;

TEST(SwarmCensus, RestartedKnowsNothingOfBeforeAndTakesNoMoreMemory) {
  swarm_census census{{.top_max = 1, .rows_max = 100}};
  census.add({facts_of(1, 9), facts_of(2, 8)});
  census.add({facts_of(3, 7), facts_of(4, 6)});
  census.finish();
  EXPECT_EQ(census.list(order::members, {}, 0, 10).rows.size(), 4U);
  auto const bytes = census.bytes();

  census.restart();
  census.add({facts_of(5, 1), facts_of(6, 2)});
  census.finish();

  EXPECT_EQ(numbers(census.list(order::members, {}, 0, 10)), (found{6, 5}));
  EXPECT_EQ(census.list(order::members, {}, 0, 10).total, 2U);
  EXPECT_EQ(census.swarms(), 2U);
  EXPECT_EQ(census.bytes(), bytes);
}

TEST(SwarmCensus, ListsTheMostFirstByEachOrder) {
  swarm_census census;
  census.add({facts_of(1, 5, 1, 2), facts_of(2, 6, 0, 1)});
  census.add({facts_of(3, 4, 2, 3)});
  census.finish();

  EXPECT_EQ(numbers(census.list(order::members, {}, 0, 10)), (found{2, 1, 3}));
  EXPECT_EQ(numbers(census.list(order::joins, {}, 0, 10)), (found{3, 1, 2}));
  EXPECT_EQ(numbers(census.list(order::relays, {}, 0, 2)), (found{3, 1}));
  EXPECT_EQ(census.list(order::relays, {}, 0, 2).total, 3U);
}

TEST(SwarmCensus, SeedersAreMembersAndAnswersAreRelays) {
  swarm_census census;
  auto seeded = facts_of(1, 1);
  seeded.counts.complete = 5;
  auto answered = facts_of(2, 5);
  answered.history.answers_relayed = 1;
  census.add({answered, seeded});
  census.finish();

  EXPECT_EQ(numbers(census.list(order::members, {}, 0, 1)), found{1});
  EXPECT_EQ(numbers(census.list(order::relays, {}, 0, 1)), found{2});
}

/// Small bounds, many ties: every page is what sorting all rows gives.
TEST(SwarmCensus, PagesAreThoseOfAllRowsSortedWhateverTheirOrder) {
  std::mt19937 random{7};
  for (int round = 0; round < 20; ++round) {
    swarm_census census{{.top_max = 8, .rows_max = 1000}};
    std::vector<swarm_facts> all;
    for (std::uint32_t number = 0; number < 100; ++number) {
      auto const amount = static_cast<std::uint32_t>(random() % 12);
      all.push_back(facts_of(number, round == 0 ? number : round == 1 ? 1 : amount));
    }
    if (round != 0) std::ranges::shuffle(all, random);  // of equals the smaller id comes later, too
    for (std::size_t at = 0; at < all.size(); at += 7) {
      auto const end = std::min(all.size(), at + 7);
      census.add({all.begin() + static_cast<std::ptrdiff_t>(at),
                  all.begin() + static_cast<std::ptrdiff_t>(end)});
    }
    census.finish();
    std::ranges::sort(all, [](auto const& left, auto const& right) {
      if (left.counts.incomplete != right.counts.incomplete) {
        return left.counts.incomplete > right.counts.incomplete;
      }
      return left.swarm < right.swarm;
    });

    for (std::size_t offset : {0U, 3U, 6U, 8U, 50U, 95U, 100U, 200U}) {
      auto const page = census.list(order::members, {}, offset, 7);
      EXPECT_EQ(page.total, 100U);
      auto const begin = std::min(offset, all.size());
      auto const end = std::min(begin + 7, all.size());
      std::vector<swarm_facts> const wanted{all.begin() + static_cast<std::ptrdiff_t>(begin),
                                            all.begin() + static_cast<std::ptrdiff_t>(end)};
      EXPECT_EQ(numbers(page), numbers({.rows = wanted})) << "round " << round << " at " << offset;
    }
  }
}

TEST(SwarmCensus, ASearchFindsWhatBeginsWithTheDigitsInTheSameOrder) {
  swarm_census census{{.top_max = 1, .rows_max = 100}};
  auto const with_byte = [](std::uint8_t first, std::uint32_t number, std::uint32_t members) {
    auto facts = facts_of(number, members);
    facts.swarm.value[0] = first;
    return facts;
  };
  census.add({with_byte(0xab, 1, 1), with_byte(0xac, 2, 9), with_byte(0xbb, 3, 99)});
  census.finish();
  auto const search = [&](std::string const& digits) {
    return numbers(census.list(order::members, *swarm_search::parse(digits), 0, 10));
  };

  EXPECT_EQ(search("a"), (found{2, 1}));
  EXPECT_EQ(search("ab"), found{1});
  EXPECT_EQ(search("ab0"), found{1});
  EXPECT_EQ(search("abc"), found{});
  EXPECT_EQ(search("ab00000000000000000000000000000000000001"), found{1});
  EXPECT_EQ(census.list(order::members, *swarm_search::parse("a"), 0, 1).total, 2U);
}

TEST(SwarmCensus, IdsThatBeginAlikeAndOthersAreSortedById) {
  auto const other = [](std::uint8_t head, std::uint32_t number) {
    auto facts = facts_of(number, 1);
    facts.swarm.value[0] = head;
    return facts;
  };
  swarm_census census{{.top_max = 1, .rows_max = 100}};
  for (auto const number : {5U, 3U, 4U}) census.add({facts_of(number, 1)});
  auto const alike = census;
  census.add({other(255, 1), other(0, 9), facts_of(2, 1)});

  EXPECT_EQ(numbers(alike.list(order::members, {}, 0, 10)), (found{3, 4, 5}));
  EXPECT_EQ(numbers(alike.list(order::members, {}, 1, 1)), (found{4}));
  EXPECT_EQ(numbers(census.list(order::members, {}, 0, 10)), (found{2, 3, 4, 5, 9, 1}));
  census.restart();
  census.add({other(255, 7), other(0, 8)});
  EXPECT_EQ(numbers(census.list(order::members, {}, 0, 10)), (found{8, 7}));
}

TEST(SwarmCensus, OverTheBoundOnlyTheTopIsKeptAndAllAreCounted) {
  swarm_census census{{.top_max = 2, .rows_max = 3}};
  census.add({facts_of(1, 1), facts_of(2, 2)});
  census.add({facts_of(3, 3), facts_of(4, 4), facts_of(5, 5)});
  census.finish();

  auto const top = census.list(order::members, {}, 0, 2);
  EXPECT_EQ(numbers(top), (found{5, 4}));
  EXPECT_EQ(top.total, 5U);
  EXPECT_EQ(census.list(order::members, *swarm_search::parse("0"), 0, 10).rows.size(), 3U);
}

TEST(SwarmCensus, OfNothingIsEmpty) {
  swarm_census census;
  census.finish();

  EXPECT_TRUE(census.list(order::members, {}, 0, 10).rows.empty());
  EXPECT_TRUE(census.list(order::members, *swarm_search::parse("0"), 5, 10).rows.empty());
}

TEST(IdPrefix, ReadsLowerCaseHexDigitsOnly) {
  EXPECT_TRUE(id_prefix::parse(""));
  EXPECT_TRUE(id_prefix::parse(std::string(40, 'f')));
  EXPECT_FALSE(id_prefix::parse(std::string(41, 'f')));
  EXPECT_FALSE(id_prefix::parse("AB"));
  EXPECT_FALSE(id_prefix::parse("0x"));
}

// --- the walk ------------------------------------------------------------------------------------

TEST(SwarmWalk, VisitsOnceWhatIsThereAllTheWhile) {
  constexpr std::uint32_t swarms = 3000;
  swarm_table table({}, seed);
  auto const join = [&](std::uint32_t number) {
    table.announce({.from = session(number), .swarm = movie(number), .peer = peer(1)}, 1s);
  };
  auto const leave = [&](std::uint32_t number) {
    table.leave({.at = session(number), .swarm = movie(number), .peer = peer(1)});
  };
  for (std::uint32_t number = 0; number < swarms; ++number) join(number);

  std::multiset<swarm_id> seen;
  std::uint32_t most = 0;
  std::uint32_t step = 0;
  for (std::optional<slot> at = 0; at; ++step) {
    std::uint32_t visited = 0;
    at = table.for_some(*at, 100, [&](swarm const& each) {
      ++visited;
      seen.insert(each.id());
    });
    most = std::max(most, visited);
    // Every third goes or comes back, on both sides of where the walk is.
    for (auto number = step % 3 * 3; number < swarms; number += 9) {
      table.find(movie(number)) != nullptr ? leave(number) : join(number);
    }
    ASSERT_LT(step, 100U);
  }

  EXPECT_EQ(most, 100U);
  for (std::uint32_t number = 1; number < swarms; number += 3) {
    EXPECT_EQ(seen.count(movie(number)), 1U) << number;
  }
}

TEST(SwarmWalk, OfAnEmptyTableIsOver) {
  swarm_table const table({}, seed);

  EXPECT_FALSE(table.for_some(0, 10, [](swarm const&) { FAIL(); }));
  EXPECT_FALSE(table.for_some(5000, 10, [](swarm const&) { FAIL(); })) << "it has shrunk";
}

TEST(SwarmWalk, PagesOfMembersShowEachOnceAndTheContestedBehindTheirRival) {
  swarm_table table({}, seed);
  auto const join = [&](std::uint32_t at, std::uint32_t who) {
    table.announce({.from = session(at), .swarm = movie(), .peer = peer(who)}, 1s);
  };
  for (std::uint32_t who = 1; who <= 5; ++who) join(who, who);
  auto const confirm = [&](std::uint32_t at, std::uint32_t who) {
    table.confirm({.at = session(at), .swarm = movie(), .peer = peer(who)});
  };
  join(13, 3);
  confirm(3, 3);  // both show life
  join(12, 2);
  join(22, 2);
  confirm(12, 2);  // two show life, and the first one does not
  auto const& home = *table.find(movie());
  ASSERT_EQ(home.memberships(), 8U);
  ASSERT_EQ(home.active().size(), 7U);

  std::vector<session_ref> seen;
  std::size_t rows_of_contested_page = 0;
  for (std::size_t offset = 0; offset < 8; offset += 2) {
    auto const before = seen.size();
    bool contested = false;
    table.visit_members(home, offset, 2, [&](member const& each) {
      if (each.active()) {
        contested = each.at == session(22);
      } else {
        EXPECT_EQ(each.at, session(2));
        EXPECT_TRUE(contested) << "behind its newest rival";
        ++rows_of_contested_page;
      }
      seen.push_back(each.at);
    });
    EXPECT_LE(seen.size() - before, 4U);
  }

  EXPECT_EQ(seen.size(), 8U);
  EXPECT_EQ(std::set<session_ref>(seen.begin(), seen.end()).size(), 8U);
  EXPECT_EQ(rows_of_contested_page, 1U);
}

}  // namespace
}  // namespace waggle::test

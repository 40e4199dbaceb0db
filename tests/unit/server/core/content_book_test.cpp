// SPDX-License-Identifier: Apache-2.0
// content_book: names of swarms, swarms of names, and patterns.
#include "server/core/content_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace waggle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

swarm_id rung(std::uint8_t first) {
  return swarm_id{{first}};
}

content::title title(std::string name, std::vector<std::uint8_t> const& swarms) {
  content::title made{.name = std::move(name), .swarms = {}};
  for (auto const id : swarms) {
    made.swarms.push_back({rung(id), "rung " + std::to_string(id), "webtorrent"});
  }
  return made;
}

TEST(ContentBook, AnEmptyOneNamesNothing) {
  content_book const book;

  EXPECT_FALSE(book.find(rung(1)));
  EXPECT_FALSE(book.allows(rung(1), "*"));
  EXPECT_THAT(book.swarms_of(""), IsEmpty());
}

TEST(ContentBook, NamesEverySwarmOfEveryTitle) {
  std::vector const titles{title("movies/b", {3, 1}), title("live/a", {2})};

  content_book const book{titles};

  EXPECT_EQ(book.find(rung(1)), (content_book::entry{"movies/b", "rung 1", "webtorrent"}));
  EXPECT_EQ(book.find(rung(2)), (content_book::entry{"live/a", "rung 2", "webtorrent"}));
  EXPECT_EQ(book.find(rung(3)), (content_book::entry{"movies/b", "rung 3", "webtorrent"}));
  EXPECT_FALSE(book.find(rung(0)));
  EXPECT_FALSE(book.find(rung(4)));
  EXPECT_EQ(book.titles(), 2U);
  EXPECT_EQ(book.swarms(), 3U);
}

TEST(ContentBook, ListsTheSwarmsOfATitle) {
  std::vector const titles{title("b", {3, 1}), title("c", {}), title("a", {2})};

  content_book const book{titles};

  EXPECT_THAT(book.swarms_of("a"), ElementsAre(rung(2)));
  EXPECT_THAT(book.swarms_of("b"), ElementsAre(rung(1), rung(3)));
  EXPECT_THAT(book.swarms_of("c"), IsEmpty());
  EXPECT_THAT(book.swarms_of("ab"), IsEmpty());
  EXPECT_THAT(book.swarms_of("d"), IsEmpty());
}

TEST(ContentBook, ListsTheSwarmsOfTitlesThatBeginAlike) {
  std::vector const titles{title("movies/b", {3, 1}), title("live/a", {2}), title("movies/a", {4}),
                           title("movie", {5}), title("musik", {})};

  content_book const book{titles};

  EXPECT_THAT(book.swarms_beginning("movies/"), ElementsAre(rung(4), rung(1), rung(3)));
  EXPECT_THAT(book.swarms_beginning("movie"), ElementsAre(rung(5), rung(4), rung(1), rung(3)));
  EXPECT_THAT(book.swarms_beginning("musik"), IsEmpty());
  EXPECT_THAT(book.swarms_beginning("x"), IsEmpty());
  EXPECT_EQ(book.swarms_beginning("").size(), 5U);
  EXPECT_THAT(content_book{}.swarms_beginning(""), IsEmpty());
}

TEST(ContentBook, ASwarmThatTwoTitlesClaimIsTheFirstOnes) {
  std::vector const titles{title("second in order", {1}), title("first in order", {1})};

  content_book const book{titles};

  EXPECT_EQ(book.find(rung(1))->name, "second in order");
  EXPECT_THAT(book.swarms_of("first in order"), IsEmpty());
  EXPECT_EQ(book.swarms(), 1U);
}

TEST(ContentBook, LeavesOutWhatIsPastItsLimits) {
  std::vector const titles{title("a", {1, 2}), title("b", {3, 4}), title("c", {5})};

  content_book const book{titles, {.titles_max = 2, .swarms_max = 3}};

  EXPECT_TRUE(book.find(rung(3)));
  EXPECT_FALSE(book.find(rung(4)));
  EXPECT_FALSE(book.find(rung(5)));
  EXPECT_EQ(book.titles(), 2U);
}

TEST(ContentBook, AllowsASwarmWhoseNameThePatternIsFor) {
  std::vector const titles{title("live/a", {1}), title("movies/a", {2})};

  content_book const book{titles};

  EXPECT_TRUE(book.allows(rung(1), "live/*"));
  EXPECT_FALSE(book.allows(rung(2), "live/*"));
  EXPECT_FALSE(book.allows(rung(3), "*"));
}

TEST(ContentBook, FindsEachOfManyAndNoOther) {
  std::mt19937_64 random{7};
  std::vector<content::title> titles;
  std::vector<swarm_id> known;
  for (int i = 0; i < 200; ++i) {
    auto& made = titles.emplace_back(content::title{"title " + std::to_string(i), {}});
    for (int k = 0; k < 8; ++k) {
      swarm_id id;
      for (auto& byte : id.value) byte = static_cast<std::uint8_t>(random());
      made.swarms.push_back({id, std::to_string(k), {}});
      known.push_back(id);
    }
  }

  content_book const book{titles};

  for (std::size_t i = 0; i < known.size(); ++i) {
    auto const found = book.find(known[i]);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, titles[i / 8].name);
    EXPECT_EQ(found->label, std::to_string(i % 8));
    auto other = known[i];
    other.value.back() ^= 1U;
    EXPECT_FALSE(book.find(other));
  }
}

TEST(MatchesName, TakesTheNameItselfOrWhatBeginsLikeIt) {
  EXPECT_TRUE(matches_name("live/a", "live/a"));
  EXPECT_FALSE(matches_name("live/a", "live/ab"));
  EXPECT_FALSE(matches_name("live/ab", "live/a"));
  EXPECT_TRUE(matches_name("live/*", "live/a"));
  EXPECT_TRUE(matches_name("live/*", "live/"));
  EXPECT_FALSE(matches_name("live/*", "live"));
  EXPECT_FALSE(matches_name("live/*", "movies/live/a"));
  EXPECT_TRUE(matches_name("*", ""));
  EXPECT_FALSE(matches_name("", "a"));
  EXPECT_FALSE(matches_name("*a", "live/a"));
}

}  // namespace
}  // namespace waggle

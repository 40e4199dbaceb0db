// SPDX-License-Identifier: Apache-2.0
// Names of swarms, and what a search finds.
#include "server/core/swarm_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace waggle::test {
namespace {

swarm_id id_of(std::string const& bytes) {
  swarm_id id;
  std::copy(bytes.begin(), bytes.end(), id.value.begin());
  return id;
}

bool finds(std::string const& words, swarm_id const& swarm) {
  auto const search = swarm_search::parse(words);
  return search && search->finds(swarm);
}

TEST(SwarmName, IsTheIdWhereAllOfItIsReadable) {
  EXPECT_EQ(name_of(id_of("my room ~ of friends")), "my room ~ of friends");
  EXPECT_EQ(name_of(id_of("my-room")), "") << "zeros behind";
  for (auto const* const odd : {"\x1f", "\x7f", "\xc3"}) {
    EXPECT_EQ(name_of(id_of("my-room-of-friends-" + std::string{odd})), "");
  }
}

TEST(SwarmSearch, FindsByTheFirstCharactersOfANameAsTheyAreWritten) {
  auto const room = id_of("my-room-of-friends/1");

  EXPECT_TRUE(finds("m", room));
  EXPECT_TRUE(finds("my-room-of-friends/1", room));
  EXPECT_FALSE(finds("My-room", room));
  EXPECT_FALSE(finds("room", room));
}

TEST(SwarmSearch, FindsByTheFirstDigitsOfTheHashInEitherCase) {
  auto const swarm = id_of("\xab\xcd");

  EXPECT_TRUE(finds("abc", swarm));
  EXPECT_TRUE(finds("ABCD", swarm));
  EXPECT_FALSE(finds("abd", swarm));
}

TEST(SwarmSearch, OfDigitsFindsNamesToo) {
  EXPECT_TRUE(finds("1ab", id_of("1abzxy")));
  EXPECT_TRUE(finds("1ab", id_of("\x1a\xbf")));
  EXPECT_FALSE(finds("1ab", id_of("1Ab")));
}

TEST(SwarmSearch, OfNothingFindsAll) {
  EXPECT_TRUE(swarm_search{}.finds_all());
  EXPECT_TRUE(swarm_search::parse("")->finds_all());
  EXPECT_TRUE(finds("", id_of("anything")));
  EXPECT_FALSE(swarm_search::parse("a")->finds_all());
  EXPECT_FALSE(swarm_search::parse("x")->finds_all());
}

TEST(SwarmSearch, OfWhatIsNeitherDigitsNorAnIdFindsNamesFromElsewhereAlone) {
  for (auto const& words :
       {std::string(41, 'f'), std::string(21, 'x'), std::string{"caf\xc3\xa9"}}) {
    auto search = swarm_search::parse(words);
    ASSERT_TRUE(search) << words;
    EXPECT_EQ(search->words(), words);
    EXPECT_FALSE(search->finds_all());
    EXPECT_FALSE(search->finds(id_of(words.substr(0, 20))));

    search->find_also({id_of("zoo"), id_of("acme")});

    EXPECT_TRUE(search->finds(id_of("acme")));
    EXPECT_TRUE(search->finds(id_of("zoo")));
    EXPECT_FALSE(search->finds(id_of("beta")));
  }
}

TEST(SwarmSearch, OfWhatNobodyWritesIsNone) {
  EXPECT_TRUE(swarm_search::parse(std::string(256, 'x')));
  EXPECT_FALSE(swarm_search::parse(std::string(257, 'x')));
  EXPECT_FALSE(swarm_search::parse("a\nb"));
  EXPECT_FALSE(swarm_search::parse("a\x7f"));
}

}  // namespace
}  // namespace waggle::test

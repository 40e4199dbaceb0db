// SPDX-License-Identifier: Apache-2.0
// Lists of info hashes: what a line may be, and what is said of others.
#include "config/hash_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string const digits = "0123456789abcdef0123456789ABCDEF01234567";
std::string const characters = "Li3tLt0cjqSuusstHfsj";

TEST(ParseInfoHash, ReadsHexDigitsOfBothCases) {
  EXPECT_EQ(hex_of(parse_info_hash(digits).value()), "0123456789abcdef0123456789abcdef01234567");
}

TEST(ParseInfoHash, ReadsTwentyCharacters) {
  EXPECT_EQ(hex_of(parse_info_hash(characters).value()),
            "4c6933744c7430636a715375757373744866736a");
}

TEST(ParseInfoHash, RefusesEverythingElse) {
  for (auto const& text : {std::string{}, characters + "j", characters.substr(1), digits.substr(1),
                           digits + "0", "g" + digits.substr(1), digits.substr(1) + "/",
                           std::string(20, ' '), std::string(20, '\x80'), std::string(20, '\0')}) {
    EXPECT_FALSE(parse_info_hash(text)) << text;
  }
}

TEST(HashList, HoldsOneHashALine) {
  auto const list = read_hash_list("deny.txt", digits + "\n" + characters + "\r\n");

  ASSERT_TRUE(list.ok());
  EXPECT_THAT(list.swarms, ElementsAre(*parse_info_hash(digits), *parse_info_hash(characters)));
}

TEST(HashList, SkipsCommentsAndEmptyLines) {
  auto const list = read_hash_list(
      "deny.txt", "# all of them\n\n \t\r\n  " + digits + "  # the first\n#" + characters + "\n");

  ASSERT_TRUE(list.ok());
  EXPECT_THAT(list.swarms, ElementsAre(*parse_info_hash(digits)));
}

TEST(HashList, TakesASharpWithinAHash) {
  auto const list = read_hash_list("deny.txt", "Li3t#t0cjqSuusstHfsj");

  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list.swarms.at(0).value.at(4), '#');
}

TEST(HashList, KeepsDoubles) {
  EXPECT_EQ(read_hash_list("deny.txt", digits + "\n" + digits).swarms.size(), 2U);
}

TEST(HashList, MayBeEmpty) {
  EXPECT_TRUE(read_hash_list("deny.txt", "").ok());
  EXPECT_THAT(read_hash_list("deny.txt", "\n").swarms, IsEmpty());
}

TEST(HashList, NamesTheLineOfEveryProblemAndReturnsNoHashThen) {
  auto const list = read_hash_list("deny.txt", digits + "\nabc\n\n" + digits + " " + digits + "\n");

  EXPECT_THAT(list.swarms, IsEmpty());
  ASSERT_EQ(list.problems.size(), 2U);
  EXPECT_EQ(to_string(list.problems[0]),
            "deny.txt:2: expected 40 hex digits or 20 characters, found \"abc\"");
  EXPECT_THAT(to_string(list.problems[1]), HasSubstr("deny.txt:4: expected"));
}

TEST(HashList, ShowsBinaryContentEscapedAndShort) {
  auto const list = read_hash_list("deny.txt", std::string("\x1b[2J\xff") + std::string(500, 'x'));

  ASSERT_EQ(list.problems.size(), 1U);
  EXPECT_THAT(list.problems[0].what, HasSubstr("\\u001b[2J"));
  EXPECT_LT(list.problems[0].what.size(), 150U);
}

TEST(HashList, StopsAtItsBound) {
  auto const list = read_hash_list("deny.txt", digits + "\n" + digits + "\n" + digits + "\nabc\n",
                                   {.hashes_max = 2});

  ASSERT_EQ(list.problems.size(), 1U);
  EXPECT_EQ(to_string(list.problems[0]), "deny.txt:3: more than 2 info hashes");
}

TEST(HashList, CountsWhatItDoesNotExplain) {
  std::string text;
  for (int i = 0; i < 150; ++i) text += "x\n";

  auto const list = read_hash_list("deny.txt", text);

  ASSERT_EQ(list.problems.size(), problem_list::kept_max + 1);
  EXPECT_THAT(list.problems.back().what, HasSubstr("and 50 more problems"));
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Texts as JavaScript makes them; what node said of them is in protocol/vectors.
#include "protocol/content/javascript_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace waggle::content {
namespace {

TEST(LowerCase, IsThatOfNodeForEveryLetterOfTheVectors) {
  std::ifstream file{WAGGLE_SOURCE_DIR "/protocol/vectors/content_hashes.json"};
  auto const vectors = nlohmann::json::parse(file).at("lower_case");
  ASSERT_GT(vectors.size(), 10U);

  for (auto const& vector : vectors) {
    EXPECT_EQ(lower_case(vector.at("text").get<std::string>()), vector.at("lower"));
  }
}

TEST(LowerCase, LeavesWhatIsNoUtf8) {
  EXPECT_EQ(lower_case("\xC3"), "\xC3");
  EXPECT_EQ(lower_case("A\xFF\xE2\x82Z"), "a\xFF\xE2\x82z");
  EXPECT_EQ(lower_case("\xF0\x9F\x90\x9D B"), "\xF0\x9F\x90\x9D b");
}

TEST(Trimmed, TakesSpacesAndNoBreakSpacesOfBothEnds) {
  EXPECT_EQ(trimmed("  a b\xC2\xA0 \xC2\xA0"), "a b");
  EXPECT_EQ(trimmed("\xC2\xA0 \xC2\xA0"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(NumberText, HasNoTrailingZerosAndNoExponent) {
  EXPECT_EQ(number_text(30), "30");
  EXPECT_EQ(number_text(29.970), "29.97");
  EXPECT_EQ(number_text(23.976023976023978), "23.976023976023978");
  EXPECT_EQ(number_text(1000), "1000");
}

TEST(NumberIn, IsForDigitsWithAtMostOnePoint) {
  EXPECT_EQ(number_in("29.970"), 29.97);
  EXPECT_EQ(number_in("30."), 30.0);
  for (auto const* text : {"", "30000/1001", "1e3", "-1", " 1", "1 ", "nan", "inf", "1.2.3"}) {
    EXPECT_FALSE(number_in(text)) << text;
  }
}

}  // namespace
}  // namespace waggle::content

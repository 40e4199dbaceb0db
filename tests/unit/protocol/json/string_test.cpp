// SPDX-License-Identifier: Apache-2.0
#include "protocol/json/string.hpp"

#include "protocol/json/reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::json {
namespace {

value read(std::string_view text) {
  reader in{text, 1};
  auto const taken = in.take();
  EXPECT_EQ(in.finish(), errc::ok) << text;
  return taken;
}

std::string unescaped(std::string_view text) {
  std::string out;
  EXPECT_TRUE(unescape(read(text), 1000, out));
  return out;
}

TEST(JsonString, EveryEscapeMeansItsCharacter) {
  EXPECT_EQ(unescaped(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(unescaped(R"("\u0041\u00e9\u00E9\u20aC\u0000z")"),
            (std::string{"A\xc3\xa9\xc3\xa9\xe2\x82\xac"} + '\0' + "z"));
}

TEST(JsonString, SurrogatesPairWhereTheyCanAndStayWhereTheyCannot) {
  EXPECT_EQ(unescaped(R"("\ud83d\udc1d")"), "\xf0\x9f\x90\x9d");
  EXPECT_EQ(unescaped(R"("\ud800")"), "\xed\xa0\x80");
  EXPECT_EQ(unescaped(R"("\udfff")"), "\xed\xbf\xbf");
  EXPECT_EQ(unescaped(R"("\udc1d\ud83d")"), "\xed\xb0\x9d\xed\xa0\xbd");
  EXPECT_EQ(unescaped(R"("\ud83d\ud83d\udc1d")"), "\xed\xa0\xbd\xf0\x9f\x90\x9d");
  EXPECT_EQ(unescaped(R"("\ud83dx")"), "\xed\xa0\xbdx");
  EXPECT_EQ(unescaped(R"("\ud83d\n")"), "\xed\xa0\xbd\n");
}

TEST(JsonString, RawAndEscapedFormsOfTheSameTextAreEqual) {
  EXPECT_EQ(unescaped(R"("\u00e9\u20ac\ud83d\udc1d")"), unescaped("\"\u00e9\u20ac\U0001F41D\""));
  EXPECT_EQ(unescaped(R"("\ud800\udc00\udbff\udfff")"), unescaped("\"\U00010000\U0010FFFF\""));
}

TEST(JsonString, TheBoundCountsDecodedBytesAndLeavesNoTrace) {
  std::string out = "before";

  EXPECT_FALSE(unescape(read(R"("\u00e9\u00e9")"), 3, out));
  EXPECT_EQ(out, "before");
  EXPECT_TRUE(unescape(read(R"("\u00e9\u00e9")"), 4, out));
  EXPECT_EQ(out, "before\xc3\xa9\xc3\xa9");
}

TEST(JsonString, EqualsLooksAtTheMeaningAndTheKind) {
  EXPECT_TRUE(equals(read(R"("abc")"), "abc"));
  EXPECT_TRUE(equals(read(R"("\u0061b\u0063")"), "abc"));
  EXPECT_TRUE(equals(read(R"("")"), ""));
  EXPECT_FALSE(equals(read(R"("ab\u0063d")"), "abc"));
  EXPECT_FALSE(equals(read(R"("a\u0062")"), "abc"));
  EXPECT_FALSE(equals(read("\"abc\xc3\xa9\""), "abc"));
  EXPECT_FALSE(equals(read("5"), "5"));
  EXPECT_FALSE(equals(read("null"), ""));
  EXPECT_FALSE(equals(value{}, ""));
}

}  // namespace
}  // namespace waggle::json

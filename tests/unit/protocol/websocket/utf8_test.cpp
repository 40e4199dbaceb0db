// SPDX-License-Identifier: Apache-2.0
// UTF-8 validation: well-formed and ill-formed sequences, where the latter fail, and pieces.
#include "protocol/websocket/utf8.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace waggle::websocket {
namespace {

bool feed_bytewise(utf8_validator& text, std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (!text.feed(bytes.substr(i, 1))) return false;
  return true;
}

/// The index of the first byte that is refused, or npos.
std::size_t failing_byte(std::string_view bytes) {
  utf8_validator text;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (!text.feed(bytes.substr(i, 1))) return i;
  return std::string_view::npos;
}

std::string encode(char32_t point) {
  auto const low = [&](unsigned shift) {
    return static_cast<char>(0x80U | (point >> shift & 0x3FU));
  };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0U | point >> 6U), low(0)};
  if (point < 0x10000) return {static_cast<char>(0xE0U | point >> 12U), low(6), low(0)};
  return {static_cast<char>(0xF0U | point >> 18U), low(12), low(6), low(0)};
}

TEST(Utf8, EveryCodePointIsAcceptedAndEverySurrogateRefused) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    auto const bytes = encode(point);
    bool const surrogate = point >= 0xD800 && point <= 0xDFFF;
    utf8_validator text;
    ASSERT_EQ(feed_bytewise(text, bytes), !surrogate) << static_cast<unsigned>(point);
    if (!surrogate) {
      ASSERT_TRUE(text.complete()) << static_cast<unsigned>(point);
    }
  }
}

TEST(Utf8, EveryPairAndTripleOfBytesIsJudgedAsByTheReference) {
  // Third bytes only at the borders of the ranges that table 3-7 of Unicode knows.
  for (unsigned first = 0; first < 256; ++first)
    for (unsigned second = 0; second < 256; ++second)
      for (unsigned const third : {0x00U, 0x7FU, 0x80U, 0xBFU, 0xC0U, 0xFFU}) {
        std::string const bytes{static_cast<char>(first), static_cast<char>(second),
                                static_cast<char>(third)};
        utf8_validator text;
        bool const valid = feed_bytewise(text, bytes) && text.complete();
        ASSERT_EQ(valid, is_utf8(bytes)) << first << ' ' << second << ' ' << third;
      }
}

struct bad_text {
  std::string bytes;
  std::size_t fails_at;
};

TEST(Utf8, BadTextFailsAtItsFirstImpossibleByte) {
  std::vector<bad_text> const table{
      {"\x80", 0},                      // a continuation byte alone
      {"a\xBF", 1},                     //
      {"\xC0\xAF", 0},                  // overlong, two bytes
      {"\xC1\xBF", 0},                  //
      {"\xE0\x80\xAF", 1},              // overlong, three bytes
      {"\xE0\x9F\xBF", 1},              //
      {"\xF0\x80\x80\xAF", 1},          // overlong, four bytes
      {"\xF0\x8F\xBF\xBF", 1},          //
      {"\xED\xA0\x80", 1},              // surrogates
      {"\xED\xBF\xBF", 1},              //
      {"\xF4\x90\x80\x80", 1},          // U+110000
      {"\xF5\x80\x80\x80", 0},          // never a lead byte
      {"\xF8\x88\x80\x80\x80", 0},      // five and six bytes
      {"\xFC\x84\x80\x80\x80\x80", 0},  //
      {"\xFE", 0},                      //
      {"\xFF", 0},                      //
      {"\xC3(", 1},                     // cut short by something else
      {"\xE2\x82(", 2},                 //
      {"\xF0\x9F\x90(", 3},             //
      {"\xC3\xC3", 1},                  //
      {"\xE2\x82\xAC\x80", 3},          // one continuation byte too many
      {"\xCE\xBA\xE1\xBD\xB9\xED\xA0\x80"
       "e",
       6},                                          // the text of Autobahn's case 6.4
      {"\xCE\xBA\xE1\xBD\xB9\xF4\x90\x80\x80", 6},  //
  };
  for (auto const& bad : table) EXPECT_EQ(failing_byte(bad.bytes), bad.fails_at) << bad.bytes;
}

TEST(Utf8, BadTextFailsAtTheSamePieceBehindALongPrefix) {
  // Long enough for the vectorised path, with the bad byte at every place of its last blocks.
  for (std::size_t prefix = 0; prefix < 140; ++prefix)
    for (std::string const bad :
         {"\xFF", "\xE0\x80", "\xED\xA0", "\xF4\x90", "\xC3(", "\xE2\x82("}) {
      utf8_validator fails;
      EXPECT_FALSE(fails.feed(std::string(prefix, 'x') + bad)) << prefix;
      utf8_validator open;
      EXPECT_TRUE(open.feed(std::string(prefix, 'x') + bad.substr(0, bad.size() - 1))) << prefix;
    }
}

TEST(Utf8, OpenCodePointAtTheEndIsNotCompleteButNotBad) {
  for (std::string const point : {"\xC3\xB6", "\xE2\x82\xAC", "\xF0\x9F\x90\x9D"})
    for (std::size_t prefix = 0; prefix < 70; ++prefix)
      for (std::size_t cut = 0; cut <= point.size(); ++cut) {
        utf8_validator text;
        ASSERT_TRUE(text.feed(std::string(prefix, 'x') + point.substr(0, cut)));
        EXPECT_EQ(text.complete(), cut == 0 || cut == point.size()) << prefix << ' ' << cut;
        ASSERT_TRUE(text.feed(point.substr(cut) + std::string(prefix, 'y')));
        EXPECT_TRUE(text.complete());
      }
}

TEST(Utf8, LongPiecesJudgeAsSingleBytesDo) {
  constexpr unsigned seed = 20260711;
  SCOPED_TRACE(seed);
  std::mt19937 random{seed};
  for (int round = 0; round < 4000; ++round) {
    std::string bytes;
    while (bytes.size() < 120)
      bytes += encode(static_cast<char32_t>(random() % (random() % 3 == 0 ? 0xD800 : 0x80)));
    if (round % 2 == 0) bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % bytes.size());
    std::size_t const cut = bytes.empty() ? 0 : random() % bytes.size();

    utf8_validator slow;
    bool const expected = feed_bytewise(slow, bytes);
    utf8_validator fast;
    bool const found = fast.feed(std::string_view{bytes}.substr(0, cut)) &&
                       fast.feed(std::string_view{bytes}.substr(cut));
    ASSERT_EQ(found, expected) << round;
    if (expected) {
      ASSERT_EQ(fast.complete(), slow.complete()) << round;
    }
  }
}

}  // namespace
}  // namespace waggle::websocket

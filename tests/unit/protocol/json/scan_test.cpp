// SPDX-License-Identifier: Apache-2.0
#include "protocol/json/scan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waggle::json {
namespace {

/// A heap block of exactly the text, so that a sanitizer sees a byte too many.
std::size_t find_in(std::string const& text) {
  std::vector<char> const block{text.begin(), text.end()};
  auto const* const begin = block.data();
  return static_cast<std::size_t>(find_special_character(begin, begin + block.size()) - begin);
}

TEST(JsonScan, FindsEverySpecialCharacterAtEveryPositionOfEveryLength) {
  for (std::size_t length = 0; length <= 40; ++length) {
    EXPECT_EQ(find_in(std::string(length, 'x')), length);
    for (std::size_t at = 0; at < length; ++at) {
      for (auto const c : {'"', '\\', '\0', '\x1f'}) {
        std::string text(length, 'x');
        text[at] = c;
        text.back() = at + 1 < length ? '"' : text.back();  // the first one counts
        EXPECT_EQ(find_in(text), at) << length;
      }
    }
  }
}

TEST(JsonScan, EveryByteIsJudgedAloneAndAmongNeighbours) {
  for (int c = 0; c < 256; ++c) {
    auto const special = c < 0x20 || c == '"' || c == '\\';
    for (std::size_t const length : {1U, 8U, 16U}) {
      for (auto const neighbour : {'x', '\x80', '\xff', '!', '#', '[', ']', ' '}) {
        std::string text(length, neighbour);
        text[length / 2] = static_cast<char>(c);
        EXPECT_EQ(find_in(text), special ? length / 2 : length) << c;
      }
    }
  }
}

TEST(JsonScan, WordsWithoutVectorInstructionsAgree) {
  std::string const neighbours = "x\"\\\x1f\x20\x80\xff!#";
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned at = 0; at < 8; ++at) {
      for (auto const neighbour : neighbours) {
        std::string text(8, neighbour);
        text[at] = static_cast<char>(c);
        std::uint64_t word = 0;
        std::uint64_t expected = 0;
        for (unsigned byte = 0; byte < 8; ++byte) {
          word |= std::uint64_t{static_cast<unsigned char>(text[byte])} << 8U * byte;
          if (is_special_character(text[byte])) expected |= std::uint64_t{0x80} << 8U * byte;
        }
        EXPECT_EQ(detail::special_characters(word), expected) << c << " at " << at;
      }
    }
  }
}

TEST(JsonScan, ABlockHasABitForEachSpecialCharacter) {
  std::string text(large_block, 'x');
  for (std::size_t at = 0; at < text.size(); ++at) {
    text[at] = "\"x\\y\n"[at % 5];
  }
  auto const marks = special_marks<large_block>(text.data());
  for (std::size_t at = 0; at < text.size(); ++at) {
    EXPECT_EQ(marks >> at & 1U, is_special_character(text[at]) ? 1U : 0U) << at;
  }
}

}  // namespace
}  // namespace waggle::json

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
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned at = 0; at < 8; ++at) {
      auto word = detail::each_byte('x') ^ (std::uint64_t{'x'} << 8U * at);
      word |= std::uint64_t{c} << 8U * at;
      auto const marks = detail::special_characters(word);
      if (is_special_character(static_cast<char>(c))) {
        EXPECT_EQ(static_cast<unsigned>(std::countr_zero(marks)) / 8, at) << c;
      } else {
        EXPECT_EQ(marks, 0U) << c;
      }
    }
  }
}

}  // namespace
}  // namespace waggle::json

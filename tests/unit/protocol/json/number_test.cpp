// SPDX-License-Identifier: Apache-2.0
#include "protocol/json/number.hpp"

#include "protocol/json/reader.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace waggle::json {
namespace {

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

value read_number(std::string_view text) {
  reader in{text, 1};
  auto const taken = in.take();
  EXPECT_EQ(in.finish(), errc::ok) << text;
  return taken;
}

TEST(JsonNumber, AmountIsZeroForZeroInEverySpelling) {
  for (auto const* const zero : {"0", "-0", "0.0", "-0.00", "0e9", "0E-9", "-0.0e+5"}) {
    EXPECT_EQ(amount(read_number(zero)), 0U) << zero;
  }
}

TEST(JsonNumber, AmountRoundsUpAndStopsAtTheTop) {
  EXPECT_EQ(amount(read_number("7")), 7U);
  EXPECT_EQ(amount(read_number("0.5")), 1U);
  EXPECT_EQ(amount(read_number("1e-999")), 1U);
  EXPECT_EQ(amount(read_number("2.000001")), 3U);
  EXPECT_EQ(amount(read_number("1e3")), 1000U);
  EXPECT_EQ(amount(read_number("18446744073709551615")), most);
  EXPECT_EQ(amount(read_number("18446744073709551616")), most);
  EXPECT_EQ(amount(read_number("1.8446744073709551616e19")), most);
  EXPECT_EQ(amount(read_number("1e999")), most);
}

TEST(JsonNumber, AmountOutOfTheRangeOfADoubleKeepsItsSide) {
  auto const zeros = std::string(400, '0');
  EXPECT_EQ(amount(read_number("1" + zeros + ".5")), most);
  EXPECT_EQ(amount(read_number("0." + zeros + "1")), 1U);
}

TEST(JsonNumber, AmountOfTheNegativeAndOfOtherKindsIsUnknown) {
  for (auto const* const other : {"-1", "-0.1", "-1e999", "null", "true", "\"0\"", "[]", "{}"}) {
    EXPECT_EQ(amount(read_number(other)), std::nullopt) << other;
  }
}

TEST(JsonNumber, WholeAmountRefusesFractionsAndInfinity) {
  EXPECT_EQ(whole_amount(read_number("5")), 5U);
  EXPECT_EQ(whole_amount(read_number("5.0")), 5U);
  EXPECT_EQ(whole_amount(read_number("0.5e1")), 5U);
  EXPECT_EQ(whole_amount(read_number("-0")), 0U);
  EXPECT_EQ(whole_amount(read_number("1e30")), most);
  for (auto const* const other : {"5.5", "1e-3", "1e-999", "1e999", "-5", "null", "\"5\""}) {
    EXPECT_EQ(whole_amount(read_number(other)), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace waggle::json

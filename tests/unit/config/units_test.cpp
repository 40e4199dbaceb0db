// SPDX-License-Identifier: Apache-2.0
// Durations and sizes: reading and writing.
#include "config/units.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace waggle {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadWithEachUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("25s"), 25s);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration(".5m"), 30s);
}

TEST(Duration, WithoutUnitOrNumberIsNone) {
  for (auto const* text : {"", "s", "25", "25 s", "25S", "-1s", "+1s", "inf", "infs", "nans",
                           "1e3s", "1.s.", "25sx", "0x10s", "1..5s", " 1s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, FarTooLongIsVeryLongAndNotOverflown) {
  EXPECT_GT(parse_duration("99999999999999999999h").value(), 24h * 365 * 1000);
  EXPECT_GT(parse_duration(std::string(400, '9') + "ms").value(), 24h * 365 * 1000);
  EXPECT_GT(duration_of_seconds(1e308).value(), 24h * 365 * 1000);
  EXPECT_LT(duration_of_seconds(-1e308).value(), 0ms);
}

TEST(Duration, OfSecondsIsRoundedToMilliseconds) {
  EXPECT_EQ(duration_of_seconds(2.5), 2500ms);
  EXPECT_EQ(duration_of_seconds(0.0004), 0ms);
  EXPECT_EQ(duration_of_seconds(0.0006), 1ms);
  EXPECT_EQ(duration_of_seconds(std::nan("")), std::nullopt);
  EXPECT_EQ(duration_of_seconds(std::numeric_limits<double>::infinity()), std::nullopt);
}

TEST(Duration, IsWrittenInTheLargestUnitThatIsExact) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(250ms), "250ms");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(60s), "60s");
  EXPECT_EQ(format_duration(30min), "30m");
  EXPECT_EQ(format_duration(2h), "2h");
}

TEST(Bytes, AreReadWithAndWithoutUnit) {
  EXPECT_EQ(parse_bytes("0"), 0U);
  EXPECT_EQ(parse_bytes("65536"), 65536U);
  EXPECT_EQ(parse_bytes("512B"), 512U);
  EXPECT_EQ(parse_bytes("64KiB"), 65536U);
  EXPECT_EQ(parse_bytes("8MiB"), 8388608U);
  EXPECT_EQ(parse_bytes("1GiB"), 1073741824U);
  EXPECT_EQ(parse_bytes("1TiB"), 1099511627776U);
}

TEST(Bytes, OfOtherFormsAreNone) {
  for (auto const* text : {"", "KiB", "64KB", "64kib", "64 KiB", "-1", "1.5MiB", "64KiBx", "+1"}) {
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
  }
}

TEST(Bytes, PastTheRangeSaturate) {
  auto const most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parse_bytes("18446744073709551615"), most);
  EXPECT_EQ(parse_bytes("18446744073709551616"), most);
  EXPECT_EQ(parse_bytes("16777216TiB"), most);
  EXPECT_EQ(parse_bytes("99999999999999999999999MiB"), most);
}

TEST(Bytes, AreWrittenInTheLargestUnitThatIsExact) {
  EXPECT_EQ(format_bytes(0), "0");
  EXPECT_EQ(format_bytes(1000), "1000");
  EXPECT_EQ(format_bytes(65536), "64KiB");
  EXPECT_EQ(format_bytes(8388608), "8MiB");
  EXPECT_EQ(format_bytes(1073741824), "1GiB");
}

}  // namespace
}  // namespace waggle

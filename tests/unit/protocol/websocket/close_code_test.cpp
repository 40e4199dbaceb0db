// SPDX-License-Identifier: Apache-2.0
// Close codes: the table, and which codes may travel (RFC 6455 §7.4).
#include "protocol/websocket/close_code.hpp"

#include "protocol/websocket/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace waggle::websocket {
namespace {

TEST(CloseCode, TableIsAscendingAndItsTextsFitACloseFrame) {
  auto const rows = close_table();

  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(),
                             [](auto const& a, auto const& b) { return a.code < b.code; }));
  for (auto const& row : rows) {
    EXPECT_LE(row.text.size(), control_payload_bytes_max - 2) << row.name;
    EXPECT_FALSE(row.name.empty());
    EXPECT_FALSE(row.note.empty()) << row.name;
  }
}

TEST(CloseCode, NumbersAreThoseOfTheRfcAndOfTheDocumentation) {
  EXPECT_EQ(static_cast<int>(close_code::normal), 1000);
  EXPECT_EQ(static_cast<int>(close_code::protocol_error), 1002);
  EXPECT_EQ(static_cast<int>(close_code::invalid_payload), 1007);
  EXPECT_EQ(static_cast<int>(close_code::message_too_big), 1009);
  EXPECT_EQ(static_cast<int>(close_code::replaced), 4000);
  EXPECT_EQ(static_cast<int>(close_code::slow_reader), 4308);
}

TEST(CloseCode, TextIsFoundByCodeAndEmptyForAnUnknownOne) {
  EXPECT_EQ(close_text(close_code::message_too_big), "message is too big");
  EXPECT_EQ(close_text(static_cast<close_code>(4999)), "");
}

TEST(CloseCode, EveryValueIsEitherInAnAllowedRangeOrRefused) {
  auto const allowed = [](int status) {
    return (status >= 1000 && status <= 1003) || (status >= 1007 && status <= 1014) ||
           (status >= 3000 && status <= 4999);
  };
  for (int status = 0; status <= 0xFFFF; ++status)
    ASSERT_EQ(may_be_sent(static_cast<std::uint16_t>(status)), allowed(status)) << status;
}

TEST(CloseCode, CodesThatConformanceSuitesTryAreJudgedAsTheyExpect) {
  for (int const status : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    EXPECT_FALSE(may_be_sent(static_cast<std::uint16_t>(status))) << status;
  for (int const status : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                           3000, 3999, 4000, 4999})
    EXPECT_TRUE(may_be_sent(static_cast<std::uint16_t>(status))) << status;
}

}  // namespace
}  // namespace waggle::websocket

// SPDX-License-Identifier: Apache-2.0
#include "protocol/sdp/scan.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::sdp {
namespace {

TEST(SdpScan, PrintableIsFromSpaceToTildeWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte) {
    auto const c = static_cast<char>(byte);
    auto const printable = byte >= 0x20 && byte <= 0x7E;
    for (std::size_t at = 0; at < 19; ++at) {
      for (char const around : {' ', 'x', '~'}) {
        std::string text(19, around);
        text[at] = c;
        EXPECT_EQ(is_printable(text), printable) << byte << " at " << at << " in " << around;
      }
    }
  }
  EXPECT_TRUE(is_printable(""));
}

TEST(SdpScan, LinesEndInLineFeedsWithOrWithoutACarriageReturn) {
  std::string_view text = "a\r\nb\n\nc\r\r\nd";

  EXPECT_EQ(take_line(text), "a");
  EXPECT_EQ(take_line(text), "b");
  EXPECT_EQ(take_line(text), "");
  EXPECT_EQ(take_line(text), "c\r");
  EXPECT_EQ(take_line(text), "d");
  EXPECT_EQ(text, "");
}

TEST(SdpScan, FieldsAreApartByAnyNumberOfSpaces) {
  std::string_view line = "  a b   cd ";

  EXPECT_EQ(take_field(line), "a");
  EXPECT_EQ(take_field(line), "b");
  EXPECT_EQ(take_field(line), "cd");
  EXPECT_EQ(take_field(line), "");
}

TEST(SdpScan, WordsAreFoundInLettersOfAnyCase) {
  EXPECT_TRUE(holds_word("x-CandiDate2", "candidate"));
  EXPECT_FALSE(holds_word("candidat", "candidate"));
  EXPECT_TRUE(is_word("RTCP", "rtcp"));
  EXPECT_FALSE(is_word("rtcp-mux", "rtcp"));
  EXPECT_FALSE(is_word("@tcp", "`tcp"));
}

}  // namespace
}  // namespace waggle::sdp

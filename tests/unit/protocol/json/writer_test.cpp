// SPDX-License-Identifier: Apache-2.0
#include "protocol/json/writer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace waggle::json {
namespace {

TEST(JsonWriter, AppendsAndKeepsWhatIsThere) {
  std::string out = "x";
  writer{out}.raw("{").text("a\"b").raw(":").number(18446744073709551615U).raw("}");
  EXPECT_EQ(out, R"(x{"a\"b":18446744073709551615})");
}

TEST(JsonWriter, TextEscapesControlCharactersAndPassesUtf8) {
  std::string out;
  writer{out}.text(std::string_view{"\0\x1f\b\f\n\r\t\\\x7f\xc3\xa9", 11});
  EXPECT_EQ(out, "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\\\x7f\xc3\xa9\"");
}

TEST(JsonWriter, EveryByteOfABinaryStringBecomesItsCharacter) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::vector<std::uint8_t> const bytes(20, static_cast<std::uint8_t>(byte));
    std::string out;
    writer{out}.binary(bytes);

    std::string character;  // U+00nn as UTF-8
    if (byte < 0x80) {
      character = {static_cast<char>(byte)};
    } else {
      character = {static_cast<char>(0xC0U | byte >> 6U),
                   static_cast<char>(0x80U | (byte & 0x3FU))};
    }
    std::string expected;
    for (int i = 0; i < 20; ++i) expected += character;
    ASSERT_EQ(nlohmann::json::parse(out).get<std::string>(), expected) << byte;
  }
}

TEST(JsonWriter, BinaryStringsOfEveryLengthAreComplete) {
  for (std::size_t size = 0; size < 200; ++size) {
    for (std::uint8_t const byte : {std::uint8_t{'x'}, std::uint8_t{1}, std::uint8_t{0xff}}) {
      std::string out;
      writer{out}.binary(std::vector<std::uint8_t>(size, byte));
      auto const width = byte < 0x80 ? 1U : 2U;
      ASSERT_EQ(nlohmann::json::parse(out).get<std::string>().size(), size * width);
    }
  }
}

}  // namespace
}  // namespace waggle::json

// SPDX-License-Identifier: Apache-2.0
#include "protocol/json/reader.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace waggle::json {
namespace {

constexpr std::size_t depth_max = 32;

errc check(std::string_view text, std::size_t depth = depth_max) {
  reader in{text, depth};
  static_cast<void>(in.take());
  return in.finish();
}

TEST(JsonReader, AcceptsEveryKindOfValue) {
  for (auto const* const text :
       {"null", "true", "false", "0", "-0", "1.5", "1e9", "1E-9", "1e+09", "0.0e0", "\"\"",
        R"("\"\\\/\b\f\n\r\t\u00e9\uD800")", "[]", "{}", "[[],{}]", R"({"a":[1,{"b":null}],"":2})",
        " \t\r\n[ 1 , 2 ] \n", "\"\x7f\"", "\"\xc3\xa9\""}) {
    EXPECT_EQ(check(text), errc::ok) << text;
  }
}

TEST(JsonReader, RefusesWhatTheGrammarDoesNotHave) {
  for (auto const* const text : {"",
                                 " ",
                                 "nul",
                                 "nulll",
                                 "True",
                                 "+1",
                                 "01",
                                 "-",
                                 ".5",
                                 "1.",
                                 "1e",
                                 "1e+",
                                 "0x1",
                                 "--1",
                                 "\"",
                                 "\"\\\"",
                                 "\"\\x\"",
                                 "\"\\u12\"",
                                 "\"\\u12g4\"",
                                 "\"\n\"",
                                 "'a'",
                                 "[",
                                 "]",
                                 "[1",
                                 "[1,",
                                 "[1,]",
                                 "[,1]",
                                 "[1 2]",
                                 "[}",
                                 "{",
                                 "}",
                                 "{]",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "{\"a\":1,}",
                                 "{,\"a\":1}",
                                 "{a:1}",
                                 "{1:1}",
                                 "{\"a\" 1}",
                                 "{\"a\":1 \"b\":2}",
                                 "{}{}",
                                 "[] []",
                                 "1 1",
                                 "/**/1",
                                 "\xef\xbb\xbf{}",
                                 "\"\xff\"",
                                 "\"\xed\xa0\x80\"",
                                 "\"\xc0\x80\""}) {
    EXPECT_EQ(check(text), errc::not_json) << text;
  }
}

TEST(JsonReader, SlicesAreExactAndTellTheirKind) {
  reader in{R"( { "k\n" : -1.5e3 ,"o": { "x" : [ ] } , "s":"a" } )", depth_max};
  value key;

  ASSERT_EQ(in.peek(), kind::object);
  in.enter();
  ASSERT_TRUE(in.next_member(key));
  EXPECT_EQ(key.raw, R"("k\n")");
  EXPECT_TRUE(key.escaped);
  EXPECT_EQ(in.take().raw, "-1.5e3");
  ASSERT_TRUE(in.next_member(key));
  EXPECT_FALSE(key.escaped);
  auto const object = in.take();
  EXPECT_EQ(object.is, kind::object);
  EXPECT_EQ(object.raw, R"({ "x" : [ ] })");
  ASSERT_TRUE(in.next_member(key));
  EXPECT_EQ(in.take().raw, R"("a")");
  EXPECT_FALSE(in.next_member(key));
  EXPECT_EQ(in.finish(), errc::ok);
}

TEST(JsonReader, DepthIsBoundedWithoutRecursion) {
  auto const nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };

  EXPECT_EQ(check(nested(depth_max)), errc::ok);
  EXPECT_EQ(check(nested(depth_max + 1)), errc::too_deep);
  EXPECT_EQ(check(nested(1'000'000)), errc::too_deep);
  EXPECT_EQ(check(nested(reader::depth_cap), 1000), errc::ok);
  EXPECT_EQ(check(nested(reader::depth_cap + 1), 1000), errc::too_deep);
  EXPECT_EQ(check("[]", 0), errc::too_deep);
  EXPECT_EQ(check("1", 0), errc::ok);
}

TEST(JsonReader, KnowsWhichContainerIsOpenAtEveryDepth) {
  std::string open;
  std::string close;
  for (std::size_t i = 0; i < reader::depth_cap; ++i) {
    open += i % 3 == 0 ? "{\"a\":" : "[";
    close.insert(close.begin(), i % 3 == 0 ? '}' : ']');
  }
  EXPECT_EQ(check(open + "1" + close, reader::depth_cap), errc::ok);
  for (std::size_t i = 0; i < close.size(); ++i) {
    auto wrong = close;
    wrong[i] = wrong[i] == '}' ? ']' : '}';
    EXPECT_EQ(check(open + "1" + wrong, reader::depth_cap), errc::not_json) << i;
  }
}

TEST(JsonReader, AnErrorSticksAndEndsEveryLoop) {
  reader in{"[1,x,2]", depth_max};
  in.enter();
  ASSERT_TRUE(in.next_item());
  static_cast<void>(in.take());
  ASSERT_TRUE(in.next_item());

  EXPECT_EQ(in.take().is, kind::null);
  EXPECT_FALSE(in.next_item());
  value key;
  EXPECT_FALSE(in.next_member(key));
  in.enter();
  EXPECT_FALSE(in.next_item());
  EXPECT_EQ(in.finish(), errc::not_json);
}

TEST(JsonReader, NothingIsTakenBehindAnError) {
  reader in{"[1 [2]]", depth_max};
  in.enter();
  ASSERT_TRUE(in.next_item());
  static_cast<void>(in.take());
  ASSERT_FALSE(in.next_item());  // the comma is missing

  EXPECT_EQ(in.peek(), kind::null);
  in.enter();
  EXPECT_FALSE(in.next_item());
  EXPECT_EQ(in.take().is, kind::null);
  EXPECT_EQ(in.finish(), errc::not_json);
}

/// nlohmann's verdict; none about numbers that a double cannot hold, which it refuses and
/// JavaScript reads as infinite. (It also refuses lone surrogates; the test below makes none.)
std::optional<bool> other_verdict(std::string const& text) {
  try {
    return !nlohmann::json::parse(text).is_discarded();
  } catch (nlohmann::json::out_of_range const&) {
    return std::nullopt;
  } catch (nlohmann::json::parse_error const&) {
    return false;
  }
}

TEST(JsonReader, AgreesWithAnotherParserOnMutatedTexts) {
  std::vector<std::string> const seeds{
      R"({"a":[1,-2.5e3,{"b":null,"c":[true,false]}],"d":"x\u00e9\n\"\\"})",
      R"( [ [ ] , { } , "" , 0 , -0 , 1E+2 , "\/\b" , [ [ "q" ] ] ] )",
      R"({"action":"announce","offers":[{"offer":{"sdp":"v=0\r\n"},"offer_id":"id"}]})"};
  constexpr std::string_view alphabet = "{}[]:,\"\\ 019-+.eEtrufalsn\x1f\x80\xc3\xa9";
  auto const seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random{seed};

  for (int round = 0; round < 30'000; ++round) {
    auto text = seeds[random() % seeds.size()];
    for (auto edits = 1 + random() % 3; edits != 0; --edits) {
      auto const at = random() % text.size();
      auto const c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1);
      }
    }
    auto const valid = check(text) == errc::ok;
    ASSERT_EQ(valid, other_verdict(text).value_or(valid)) << text;
  }
}

// Strings of every length, which end at every place of a block, with what is in them at every place
// too; the text is a block of the heap of its own, so that a sanitizer sees a byte too many.
TEST(JsonReader, AgreesWithAnotherParserOnStringsOfManyBlocks) {
  // None makes half of a surrogate pair, which the other parser refuses.
  std::vector<std::string> const parts{
      R"(\r\n)", R"(\r\n)",   R"(\n)",
      R"(\")",   R"(\\)",     R"(\/)",
      R"(\t)",   R"(\u00e9)", R"(\u12)",
      R"(\x)",   R"(\)",      "\x1f",
      "\"",      "\xc3\xa9",  "a=candidate:1 1 udp 2122260223 10.0.0.1 9 typ host"};
  constexpr std::size_t harmless = 8;  // of the parts; the others end or break a string
  auto const seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random{seed};

  std::size_t valid_ones = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::string text = R"({"sdp":")";
    auto const length = random() % 300;
    auto const breaks = random() % 3 == 0;
    while (text.size() < length) {
      text.append(random() % 70, 'x');
      if (random() % 8 == 0) text += parts.back();
      text += parts[random() % (breaks ? parts.size() : harmless)];
    }
    text += R"("})";
    if (random() % 2 == 0) text.append(random() % 80, ' ');
    if (random() % 8 == 0) text.resize(random() % text.size());
    std::vector<char> const block{text.begin(), text.end()};

    reader in{{block.data(), block.size()}, depth_max};
    auto const taken = in.take();
    auto const valid = in.finish() == errc::ok;
    ASSERT_EQ(valid, other_verdict(text).value_or(valid)) << text;
    if (!valid) continue;
    ++valid_ones;
    ASSERT_EQ(taken.raw, text.substr(0, text.find_last_not_of(' ') + 1));
    reader again{text, depth_max};
    again.enter();
    value key;
    ASSERT_TRUE(again.next_member(key));
    auto const body = again.take();
    ASSERT_EQ(body.escaped, body.raw.find('\\') != std::string_view::npos) << text;
  }
  EXPECT_GT(valid_ones, 10'000U);
}

}  // namespace
}  // namespace waggle::json

// SPDX-License-Identifier: Apache-2.0
// The rules of RFC 6455 for a server that reads: messages, control frames, violations.
#include "protocol/websocket/message_reader.hpp"

#include "protocol/dialect.hpp"
#include "protocol/websocket/frame_writer.hpp"
#include "tests/unit/protocol/websocket/transcript.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waggle::websocket {
namespace {

static_assert(payload_padding_bytes >= decode_padding_bytes);

std::string frames(std::initializer_list<masked_frame> all) {
  std::string stream;
  for (auto const& frame : all) append_masked_frame(stream, frame);
  return stream;
}

heard text_message(std::string payload) {
  return {.kind = input_kind::message, .type = opcode::text, .payload = std::move(payload)};
}

heard violation(close_code code) {
  return {.kind = input_kind::violation, .code = code};
}

/// What is heard of `stream`, whole and byte by byte, which must be the same.
std::vector<heard> read(std::string_view stream, reader_limits const& limits = {}) {
  auto whole = listen_whole(stream, limits);
  EXPECT_EQ(listen_bytewise(stream, limits), whole);
  return whole;
}

using list = std::vector<heard>;

TEST(MessageReader, TextAndBinaryMessagesComeOutUnmasked) {
  auto const found =
      read(frames({{.payload = "k\xC3\xB6ln"}, {.type = opcode::binary, .payload = "\xFF\xFE"}}));

  EXPECT_EQ(found,
            (list{text_message("k\xC3\xB6ln"),
                  {.kind = input_kind::message, .type = opcode::binary, .payload = "\xFF\xFE"}}));
}

TEST(MessageReader, EmptyMessagesAndEmptyFragmentsAreFine) {
  EXPECT_EQ(read(frames({{.payload = ""}})), list{text_message("")});
  EXPECT_EQ(read(frames({{.payload = "", .fin = false},
                         {.type = opcode::continuation, .payload = "", .fin = false},
                         {.type = opcode::continuation, .payload = ""}})),
            list{text_message("")});
  EXPECT_EQ(read(frames({{.payload = "", .fin = false},
                         {.type = opcode::continuation, .payload = "ab", .fin = false},
                         {.type = opcode::continuation, .payload = ""}})),
            list{text_message("ab")});
}

TEST(MessageReader, FragmentsBecomeOneMessageOfTheFirstFramesType) {
  auto const found = read(frames({{.type = opcode::binary, .payload = "ab", .fin = false},
                                  {.type = opcode::continuation, .payload = "cd", .fin = false},
                                  {.type = opcode::continuation, .payload = "ef"},
                                  {.payload = "next"}}));

  EXPECT_EQ(found, (list{{.kind = input_kind::message, .type = opcode::binary, .payload = "abcdef"},
                         text_message("next")}));
}

TEST(MessageReader, ControlFramesBetweenFragmentsAreDeliveredAtOnce) {
  auto const found = read(frames({{.payload = "ab", .fin = false},
                                  {.type = opcode::ping, .payload = "are you there"},
                                  {.type = opcode::continuation, .payload = "", .fin = false},
                                  {.type = opcode::pong, .payload = "yes"},
                                  {.type = opcode::continuation, .payload = "cd"}}));

  EXPECT_EQ(found, (list{{.kind = input_kind::ping, .payload = "are you there"},
                         {.kind = input_kind::pong, .payload = "yes"},
                         text_message("abcd")}));
}

TEST(MessageReader, ControlFrameOf125BytesIsTheLargest) {
  auto const payload = std::string(125, '\xFE');
  EXPECT_EQ(read(frames({{.type = opcode::ping, .payload = payload}})),
            (list{{.kind = input_kind::ping, .payload = payload}}));
  EXPECT_EQ(read(frames({{.type = opcode::ping, .payload = payload + "x"}})),
            list{violation(close_code::protocol_error)});
}

TEST(MessageReader, EveryFirstByteInsideAndOutsideAFragmentedMessage) {
  for (bool const fragmented : {false, true})
    for (unsigned first = 0; first < 256; ++first) {
      auto const code = first & 0x0FU;
      bool const fin = (first & 0x80U) != 0;
      std::string stream;
      if (fragmented) append_masked_frame(stream, {.payload = "a", .fin = false});
      append_masked_frame(stream, {.type = static_cast<opcode>(code),
                                   .payload = "",
                                   .fin = fin,
                                   .rsv = static_cast<std::uint8_t>(first >> 4U & 7U)});
      bool const data = fragmented ? code == 0 : code == 1 || code == 2;
      bool const control = code >= 8 && code <= 10 && fin;
      bool const good = (first & 0x70U) == 0 && (data || control);

      auto const found = read(stream);
      if (good) {
        ASSERT_EQ(found.size(), fin ? 1U : 0U) << first;
        if (fin) {
          EXPECT_NE(found[0].kind, input_kind::violation) << first;
        }
      } else {
        EXPECT_EQ(found, list{violation(close_code::protocol_error)}) << first << fragmented;
      }
    }
}

TEST(MessageReader, UnmaskedFrameIsAViolation) {
  std::string stream;
  append_frame(stream, opcode::text, "naked");
  EXPECT_EQ(read(stream), list{violation(close_code::protocol_error)});
}

TEST(MessageReader, MessageMayFillTheLimitButNotExceedIt) {
  reader_limits const limits{.message_bytes_max = 300};
  EXPECT_EQ(read(frames({{.payload = std::string(300, 'x')}}), limits),
            list{text_message(std::string(300, 'x'))});
  EXPECT_EQ(read(frames({{.payload = std::string(301, 'x')}}), limits),
            list{violation(close_code::message_too_big)});
  EXPECT_EQ(
      read(frames({{.payload = std::string(200, 'x'), .fin = false},
                   {.type = opcode::ping, .payload = "p"},
                   {.type = opcode::continuation, .payload = std::string(100, 'x')}}),
           limits),
      (list{{.kind = input_kind::ping, .payload = "p"}, text_message(std::string(300, 'x'))}));
  EXPECT_EQ(read(frames({{.payload = std::string(200, 'x'), .fin = false},
                         {.type = opcode::continuation, .payload = std::string(101, 'x')}}),
                 limits),
            list{violation(close_code::message_too_big)});
}

TEST(MessageReader, AnnouncedLengthOverTheLimitIsRefusedBeforeAnyPayload) {
  auto const largest = frames({{.type = opcode::binary, .payload = std::string(65'536, 'x')}});
  auto const larger = frames({{.type = opcode::binary, .payload = std::string(65'537, 'x')}});

  EXPECT_EQ(read(largest.substr(0, frame_head_bytes_max)), list{});
  EXPECT_EQ(read(larger.substr(0, frame_head_bytes_max)),
            list{violation(close_code::message_too_big)});
}

TEST(MessageReader, NoLimitIsMoreThanTheCeiling) {
  reader_limits const limits{.message_bytes_max = std::size_t{1} << 40U};
  auto const ceiling = std::string("\x82\xFF\0\0\0\0\x40\0\0\0mask", 14);
  auto const more = std::string("\x82\xFF\0\0\0\0\x40\0\0\1mask", 14);
  auto const most = std::string("\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFmask", 14);

  EXPECT_EQ(read(ceiling, limits), list{});
  EXPECT_EQ(read(more, limits), list{violation(close_code::message_too_big)});
  EXPECT_EQ(read(most, limits), list{violation(close_code::message_too_big)});
}

TEST(MessageReader, LimitHoldsForEachMessageNotForTheirSum) {
  reader_limits const limits{.message_bytes_max = 100};
  auto const payload = std::string(100, 'x');
  auto const found = read(frames({{.payload = payload, .fin = false},
                                  {.type = opcode::continuation, .payload = ""},
                                  {.payload = payload}}),
                          limits);
  EXPECT_EQ(found, (list{text_message(payload), text_message(payload)}));
}

TEST(MessageReader, TextThatIsNotUtf8IsRefusedAndBinaryIsNotLookedAt) {
  std::string const bad = "\xCE\xBA\xED\xA0\x80";
  EXPECT_EQ(read(frames({{.payload = bad}})), list{violation(close_code::invalid_payload)});
  EXPECT_EQ(read(frames({{.type = opcode::binary, .payload = bad}})).at(0).payload, bad);
}

TEST(MessageReader, TextFailsAtTheByteThatMakesItInvalid) {
  // As Autobahn's cases 6.4.1-6.4.4: the bad byte is the 14th of 20, alone or in a fragment.
  std::string const text =
      "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xF4\x90\x80\x80"
      "edit.";
  for (bool const fin : {false, true}) {
    auto const stream = frames({{.payload = text, .fin = fin}});
    constexpr std::size_t head_bytes = 6;
    constexpr std::size_t bad_byte = 12;
    EXPECT_EQ(read(std::string_view{stream}.substr(0, head_bytes + bad_byte)), list{}) << fin;
    EXPECT_EQ(read(std::string_view{stream}.substr(0, head_bytes + bad_byte + 1)),
              list{violation(close_code::invalid_payload)})
        << fin;
  }
}

TEST(MessageReader, CodePointMayBeCutByFragmentsAndControlFramesButNotByTheEnd) {
  auto const found = read(frames({{.payload = "\xF0\x9F", .fin = false},
                                  {.type = opcode::ping, .payload = "\xFF"},
                                  {.type = opcode::continuation, .payload = "\x90", .fin = false},
                                  {.type = opcode::continuation, .payload = "\x9D!"}}));
  EXPECT_EQ(found, (list{{.kind = input_kind::ping, .payload = "\xFF"},
                         text_message("\xF0\x9F\x90\x9D!")}));

  EXPECT_EQ(read(frames({{.payload = "abc\xF0\x9F\x90"}})),
            list{violation(close_code::invalid_payload)});
  EXPECT_EQ(read(frames({{.payload = "\xF0\x9F", .fin = false},
                         {.type = opcode::continuation, .payload = ""}})),
            list{violation(close_code::invalid_payload)});
}

TEST(MessageReader, TextAfterABinaryMessageIsCheckedFromItsOwnStart) {
  auto const found = read(frames({{.type = opcode::binary, .payload = "\xF0"}, {.payload = "ok"}}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1], text_message("ok"));
}

TEST(MessageReader, CloseTellsStatusAndReason) {
  EXPECT_EQ(read(frames({{.type = opcode::close, .payload = ""}})),
            (list{{.kind = input_kind::close}}));
  EXPECT_EQ(read(frames({{.type = opcode::close, .payload = "\x03\xE8"}})),
            (list{{.kind = input_kind::close, .close_status = 1000}}));
  EXPECT_EQ(
      read(frames({{.type = opcode::close, .payload = "\x0F\xA0k\xC3\xB6ln"}})),
      (list{{.kind = input_kind::close, .close_status = 4000, .close_reason = "k\xC3\xB6ln"}}));
}

TEST(MessageReader, CloseBodyOfOneByteIsAViolation) {
  // The second would be a valid status together with whatever lies behind it.
  for (std::string_view const body : {"\x03", "\x0F"})
    EXPECT_EQ(read(frames({{.type = opcode::close, .payload = body}})),
              list{violation(close_code::protocol_error)});
}

TEST(MessageReader, EveryCloseStatusIsJudgedLikeTheTableOfCodes) {
  for (unsigned status = 0; status <= 0xFFFF; ++status) {
    std::string const body{static_cast<char>(status >> 8U), static_cast<char>(status & 0xFFU)};
    auto const found = listen_whole(frames({{.type = opcode::close, .payload = body}}));

    bool const good = may_be_sent(static_cast<std::uint16_t>(status));
    ASSERT_EQ(found.size(), 1U);
    ASSERT_EQ(found[0].kind, good ? input_kind::close : input_kind::violation) << status;
    ASSERT_EQ(found[0].code, good ? close_code::no_status : close_code::protocol_error) << status;
  }
}

TEST(MessageReader, CloseReasonMustBeUtf8) {
  EXPECT_EQ(read(frames({{.type = opcode::close, .payload = "\x03\xE8\xC3"}})),
            list{violation(close_code::invalid_payload)});
}

TEST(MessageReader, EverythingAfterACloseOrAViolationIsSwallowed) {
  auto const close = frames({{.type = opcode::close, .payload = ""}, {.payload = "late"}});
  EXPECT_EQ(read(close + close), (list{{.kind = input_kind::close}}));

  auto const bad = frames({{.type = static_cast<opcode>(3)}, {.payload = "late"}});
  EXPECT_EQ(read(bad + close), list{violation(close_code::protocol_error)});
}

TEST(MessageReader, NothingIsLeftOfTheBytesAfterNeedMore) {
  message_reader reader{{}};
  auto stream = frames({{.type = opcode::close, .payload = ""}, {.payload = "late"}});
  stream.resize(stream.size() + payload_padding_bytes);
  auto left = std::span{stream};

  EXPECT_EQ(reader.next(left).kind, input_kind::close);
  EXPECT_EQ(reader.next(left).kind, input_kind::need_more);
  EXPECT_TRUE(left.empty());
  EXPECT_FALSE(reader.mid_message());
}

TEST(MessageReader, ViolationSaysWhyInWords) {
  message_reader reader{{}};
  auto stream = frames({{.type = opcode::continuation}});
  auto left = std::span{stream};

  EXPECT_EQ(reader.next(left).why, "continuation without a beginning");
}

TEST(MessageReader, TakesOtherLimitsFromTheNextFrameOn) {
  auto const next = [](message_reader& reader, masked_frame const& frame) {
    std::string bytes;
    append_masked_frame(bytes, frame);
    auto const size = bytes.size();
    bytes.resize(size + payload_padding_bytes);
    std::span<char> rest{bytes.data(), size};
    return reader.next(rest);
  };
  message_reader reader{{.message_bytes_max = 4}};
  ASSERT_EQ(next(reader, {.payload = "four"}).kind, input_kind::message);

  reader.use({.message_bytes_max = 8});
  EXPECT_EQ(next(reader, {.payload = "eight by"}).kind, input_kind::message);
  EXPECT_EQ(next(reader, {.payload = "sixsix", .fin = false}).kind, input_kind::need_more);
  reader.use({.message_bytes_max = 5});  // less than what has come already
  auto const refused = next(reader, {.type = opcode::continuation, .payload = ""});

  EXPECT_EQ(refused.kind, input_kind::violation);
  EXPECT_EQ(refused.code, close_code::message_too_big);
}

}  // namespace
}  // namespace waggle::websocket

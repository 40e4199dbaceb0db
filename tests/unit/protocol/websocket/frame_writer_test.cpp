// SPDX-License-Identifier: Apache-2.0
// Writing frames: exact bytes, sizes at the borders, frames of unknown length, close frames.
#include "protocol/websocket/frame_writer.hpp"

#include "protocol/websocket/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::websocket {
namespace {

using namespace std::string_literals;

constexpr std::size_t border_sizes[] = {0,   1,      2,      124,    125,    126,    127,
                                        128, 65'534, 65'535, 65'536, 65'537, 100'000};

TEST(FrameWriter, HeadHasTheShortestLengthForm) {
  for (auto const size : border_sizes) {
    std::array<char, server_head_bytes_max> head{};
    auto const head_bytes = frame_header(head, opcode::binary, size);

    EXPECT_EQ(head_bytes, size <= 125 ? 2U : size <= 65'535 ? 4U : 10U) << size;
    auto const read = decode_head({head.data(), head_bytes}, frame_sender::server);
    ASSERT_EQ(read.state, head_state::complete) << size;
    EXPECT_EQ(read.head.payload_bytes, size);
    EXPECT_EQ(read.head.type, opcode::binary);
    EXPECT_TRUE(read.head.fin);
  }
}

TEST(FrameWriter, ExamplesOfTheRfcComeOutByteForByte) {
  std::string out;
  append_frame(out, opcode::text, "Hello");
  EXPECT_EQ(out, "\x81\x05Hello");

  out.clear();
  append_masked_frame(out, {.payload = "Hello", .mask = {'\x37', '\xFA', '\x21', '\x3D'}});
  EXPECT_EQ(out, "\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58");

  out.clear();
  append_frame(out, opcode::binary, std::string(256, 'b'));
  EXPECT_EQ(out, "\x82\x7E\x01\x00"s + std::string(256, 'b'));

  out.clear();
  append_frame(out, opcode::binary, std::string(65'536, 'b'));
  EXPECT_EQ(out.substr(0, 10), "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(FrameWriter, FrameOfUnknownLengthEqualsTheOneOfKnownLength) {
  for (auto const size : border_sizes) {
    auto const payload = std::string(size, 'p');
    std::string known = "before";
    append_frame(known, opcode::text, payload);
    std::string unknown = "before";
    auto const mark = begin_frame(unknown);
    unknown += payload;
    end_frame(unknown, mark, opcode::text);

    EXPECT_TRUE(unknown == known) << size;
  }
}

TEST(FrameWriter, PayloadOfCommonSizeStaysWhereItWasWritten) {
  for (std::size_t const size : {126U, 300U, 65'535U}) {
    std::string out;
    auto const mark = begin_frame(out);
    auto const payload_at = out.size();
    out += std::string(size, 'p');
    auto const size_before = out.size();
    end_frame(out, mark, opcode::text);

    EXPECT_EQ(out.size(), size_before) << size;
    EXPECT_EQ(out[payload_at], 'p');
    EXPECT_NE(out[payload_at - 1], 'p');
  }
}

TEST(FrameWriter, CloseCarriesStatusAndReason) {
  std::string out;
  append_close(out, close_code::message_too_big, "why");
  EXPECT_EQ(out, "\x88\x05\x03\xF1why");

  out.clear();
  append_close(out, close_code::protocol_error);
  EXPECT_EQ(out, "\x88\x10\x03\xEAprotocol error");

  out.clear();
  append_close(out, static_cast<close_code>(4999), {});
  EXPECT_EQ(out, "\x88\x02\x13\x87");
}

TEST(FrameWriter, CloseWithoutSendableStatusHasAnEmptyBody) {
  for (int const status : {0, 1005, 1006, 1015, 5000}) {
    std::string out;
    append_close(out, static_cast<close_code>(status), "never seen");
    EXPECT_EQ(out, "\x88\x00"s) << status;
  }
}

TEST(FrameWriter, LongReasonIsCutAtTheBorderOfACodePoint) {
  for (std::string const point : {"x", "\xC3\xB6", "\xE2\x82\xAC", "\xF0\x9F\x90\x9D"})
    for (std::size_t lead = 115; lead <= 124; ++lead) {
      std::string reason(lead, 'a');
      for (int i = 0; i < 20; ++i) reason += point;
      std::string out;
      append_close(out, close_code::normal, reason);

      ASSERT_EQ(out.size(), 2U + static_cast<unsigned char>(out[1]));
      auto const sent = out.substr(4);
      EXPECT_LE(sent.size(), 123U);
      EXPECT_GT(sent.size() + point.size(), 123U);  // no more was cut than had to be
      EXPECT_TRUE(is_utf8(sent)) << lead;
      EXPECT_TRUE(reason.starts_with(sent));
    }
  std::string out;
  append_close(out, close_code::normal, std::string(123, 'r'));
  EXPECT_EQ(out.size(), 2U + 125U);
}

TEST(FrameWriter, MaskedFrameCanBreakEveryRule) {
  std::string out;
  append_masked_frame(out, {.type = static_cast<opcode>(0xB),
                            .payload = "ab",
                            .fin = false,
                            .rsv = 5,
                            .mask = {0, 0, 0, 0}});
  EXPECT_EQ(out, "\x5B\x82\0\0\0\0ab"s);
}

}  // namespace
}  // namespace waggle::websocket

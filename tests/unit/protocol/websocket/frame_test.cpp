// SPDX-License-Identifier: Apache-2.0
// Frame heads: every first byte, every length form, every cut (RFC 6455 §5.2).
#include "protocol/websocket/frame.hpp"

#include "protocol/websocket/frame_writer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::websocket {
namespace {

using namespace std::string_literals;

std::string bytes(std::initializer_list<int> values) {
  std::string all;
  for (int const value : values) all.push_back(static_cast<char>(value));
  return all;
}

head_result from_client(std::string_view head) {
  return decode_head(head, frame_sender::client);
}

TEST(FrameHead, EveryFirstByteIsJudgedAtOnce) {
  for (int first = 0; first < 256; ++first) {
    int const code = first & 0x0F;
    bool const reserved_bits = (first & 0x70) != 0;
    bool const data = code <= 2;
    bool const whole_control = code >= 8 && code <= 10 && (first & 0x80) != 0;
    auto const found = from_client(bytes({first}));

    bool const good = !reserved_bits && (data || whole_control);
    EXPECT_EQ(found.state, good ? head_state::need_more : head_state::violation) << first;
    EXPECT_EQ(found.why.empty(), good) << first;
  }
}

TEST(FrameHead, PartsOfAMaskedHeadAreRead) {
  auto const found = from_client(bytes({0x81, 0x85, 1, 2, 3, 4, 'x'}));

  ASSERT_EQ(found.state, head_state::complete);
  EXPECT_EQ(found.head.type, opcode::text);
  EXPECT_TRUE(found.head.fin);
  EXPECT_EQ(found.head.head_bytes, 6);
  EXPECT_EQ(found.head.payload_bytes, 5U);
  EXPECT_EQ(found.head.mask, (mask_key{1, 2, 3, 4}));
}

TEST(FrameHead, ClearedFinBitIsRead) {
  auto const found = from_client(bytes({0x02, 0x80, 0, 0, 0, 0}));

  ASSERT_EQ(found.state, head_state::complete);
  EXPECT_FALSE(found.head.fin);
  EXPECT_EQ(found.head.type, opcode::binary);
}

TEST(FrameHead, ClientMustMaskAndServerMustNot) {
  EXPECT_EQ(from_client(bytes({0x81, 0x00})).state, head_state::violation);
  EXPECT_EQ(decode_head(bytes({0x81, 0x00}), frame_sender::server).state, head_state::complete);
  EXPECT_EQ(decode_head(bytes({0x81, 0x80}), frame_sender::server).state, head_state::violation);
}

TEST(FrameHead, ControlFrameOver125BytesIsRefusedAtTheSecondByte) {
  for (int const first : {0x88, 0x89, 0x8A}) {
    EXPECT_EQ(from_client(bytes({first, 0x80 | 125})).state, head_state::need_more);
    EXPECT_EQ(from_client(bytes({first, 0x80 | 126})).state, head_state::violation);
    EXPECT_EQ(from_client(bytes({first, 0x80 | 127})).state, head_state::violation);
  }
}

TEST(FrameHead, LengthsMustTakeTheirShortestForm) {
  auto const mask = "mask"s;
  EXPECT_EQ(from_client(bytes({0x82, 0xFE, 0, 125}) + mask).state, head_state::violation);
  EXPECT_EQ(from_client(bytes({0x82, 0xFE, 0, 126}) + mask).head.payload_bytes, 126U);
  EXPECT_EQ(from_client(bytes({0x82, 0xFE, 0xFF, 0xFF}) + mask).head.payload_bytes, 65535U);
  EXPECT_EQ(from_client(bytes({0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}) + mask).state,
            head_state::violation);
  EXPECT_EQ(from_client(bytes({0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0}) + mask).head.payload_bytes,
            65536U);
}

TEST(FrameHead, LengthWithTopBitIsRefusedAtTheByteThatShowsIt) {
  EXPECT_EQ(from_client(bytes({0x82, 0xFF})).state, head_state::need_more);
  EXPECT_EQ(from_client(bytes({0x82, 0xFF, 0x80})).state, head_state::violation);

  auto const largest =
      from_client(bytes({0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}) + "mask");
  ASSERT_EQ(largest.state, head_state::complete);
  EXPECT_EQ(largest.head.payload_bytes, 0x7FFF'FFFF'FFFF'FFFFU);
}

TEST(FrameHead, EveryPrefixOfAGoodHeadNeedsMore) {
  for (std::size_t const size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 70'000U}) {
    std::string stream;
    append_masked_frame(stream, {.payload = std::string(size, 'x')});
    auto const whole = from_client(stream);
    ASSERT_EQ(whole.state, head_state::complete);
    ASSERT_EQ(whole.head.payload_bytes, size);
    ASSERT_EQ(whole.head.head_bytes + size, stream.size());
    for (std::size_t cut = 0; cut < whole.head.head_bytes; ++cut)
      EXPECT_EQ(from_client(stream.substr(0, cut)).state, head_state::need_more)
          << size << ' ' << cut;
  }
}

}  // namespace
}  // namespace waggle::websocket

// SPDX-License-Identifier: Apache-2.0
// What a message_reader holds: nothing for whole messages, what has arrived for the others, and how
// long; deadlines of partial messages; the work for a dribbled one.
#include "protocol/websocket/frame_writer.hpp"
#include "protocol/websocket/message_reader.hpp"
#include "tests/unit/protocol/websocket/transcript.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace waggle::websocket {
namespace {

static_assert(sizeof(message_reader) <= 64);
static_assert(sizeof(utf8_validator) <= 4);

/// A caller's buffer: the bytes and the padding behind them.
class buffer {
 public:
  explicit buffer(std::string bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {
    bytes_.resize(size_ + payload_padding_bytes, '\x5A');
    left = std::span{bytes_}.first(size_);
  }
  buffer(buffer const&) = delete;
  buffer& operator=(buffer const&) = delete;

  [[nodiscard]] bool holds(std::span<char const> part) const {
    return part.data() >= bytes_.data() && part.data() + part.size() <= bytes_.data() + size_;
  }

  std::span<char> left;  // what the reader has not consumed

 private:
  std::string bytes_;
  std::size_t size_;
};

std::string one_frame(masked_frame const& frame) {
  std::string stream;
  append_masked_frame(stream, frame);
  return stream;
}

TEST(MessageReaderMemory, WholeMessageIsAPartOfTheCallersBuffer) {
  message_reader reader{{}};
  buffer bytes{one_frame({.payload = std::string(20'000, 'x')})};

  auto const found = reader.next(bytes.left);

  ASSERT_EQ(found.kind, input_kind::message);
  EXPECT_TRUE(bytes.holds(found.payload));
  EXPECT_EQ(reader.bytes_held(), 0U);
}

TEST(MessageReaderMemory, PayloadThatIsWholeNeedsNoHeapAlthoughItsHeadCameEarlier) {
  message_reader reader{{}};
  auto const stream = one_frame({.payload = "behind the head"});
  buffer head{stream.substr(0, 3)};
  buffer rest{stream.substr(3)};

  EXPECT_EQ(reader.next(head.left).kind, input_kind::need_more);
  auto const found = reader.next(rest.left);

  ASSERT_EQ(found.kind, input_kind::message);
  EXPECT_TRUE(rest.holds(found.payload));
  EXPECT_EQ(reader.bytes_held(), 0U);
}

TEST(MessageReaderMemory, SeveralMessagesInOneBufferAreAllParts) {
  message_reader reader{{}};
  buffer bytes{one_frame({.payload = "one"}) + one_frame({.type = opcode::ping, .payload = "two"}) +
               one_frame({.payload = "three"})};

  EXPECT_TRUE(bytes.holds(reader.next(bytes.left).payload));
  EXPECT_TRUE(bytes.holds(reader.next(bytes.left).payload));
  EXPECT_TRUE(bytes.holds(reader.next(bytes.left).payload));
  EXPECT_EQ(reader.next(bytes.left).kind, input_kind::need_more);
  EXPECT_EQ(reader.bytes_held(), 0U);
}

TEST(MessageReaderMemory, HeapGrowsWithWhatArrivedNotWithWhatWasAnnounced) {
  message_reader reader{{.message_bytes_max = 1'000'000}};
  auto const stream = one_frame({.type = opcode::binary, .payload = std::string(1'000'000, 'x')});
  std::size_t arrived = 0;
  std::size_t most = 0;

  auto const found = listen(
      reader, stream, [] { return std::size_t{1000}; },
      [&](auto const& now) {
        arrived += 1000;
        if (arrived < stream.size()) {
          EXPECT_LE(now.bytes_held(), 2 * arrived + 1000);
        }
        most = std::max(most, now.bytes_held());
      });

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(most, 1'000'000 + payload_padding_bytes);  // the last doubling stops at the frame's end
}

TEST(MessageReaderMemory, HeadAloneHoldsNothing) {
  message_reader reader{{}};
  buffer bytes{one_frame({.payload = std::string(60'000, 'x')}).substr(0, 8)};

  EXPECT_EQ(reader.next(bytes.left).kind, input_kind::need_more);
  EXPECT_EQ(reader.bytes_held(), 0U);
  EXPECT_TRUE(reader.mid_message());
}

TEST(MessageReaderMemory, HeapIsFreedByTheCallAfterTheOneThatReturnedTheMessage) {
  message_reader reader{{}};
  auto const stream = one_frame({.payload = "in two pieces"});
  buffer first{stream.substr(0, 9)};
  buffer second{stream.substr(9)};

  EXPECT_EQ(reader.next(first.left).kind, input_kind::need_more);
  EXPECT_GT(reader.bytes_held(), 0U);
  auto const found = reader.next(second.left);
  ASSERT_EQ(found.kind, input_kind::message);
  EXPECT_FALSE(second.holds(found.payload));
  EXPECT_GT(reader.bytes_held(), 0U);
  EXPECT_FALSE(reader.mid_message());
  EXPECT_EQ(reader.next(second.left).kind, input_kind::need_more);
  EXPECT_EQ(reader.bytes_held(), 0U);
}

TEST(MessageReaderMemory, PaddingBehindAHeldMessageIsZero) {
  for (std::size_t const size : {2U, 511U, 512U, 513U, 1024U, 5000U}) {
    message_reader reader{{.message_bytes_max = size}};
    auto const stream = one_frame({.payload = std::string(size, 'x')});
    buffer first{stream.substr(0, stream.size() - 1)};
    buffer second{stream.substr(stream.size() - 1)};
    EXPECT_EQ(reader.next(first.left).kind, input_kind::need_more);

    auto const found = reader.next(second.left);

    ASSERT_EQ(found.payload.size(), size);
    for (std::size_t i = 0; i < payload_padding_bytes; ++i)
      ASSERT_EQ(found.payload.data()[size + i], '\0') << size;
  }
}

TEST(MessageReaderMemory, SplitControlFrameIsFreedWithoutHarmToAnOpenMessage) {
  message_reader reader{{}};
  auto const ping = one_frame({.type = opcode::ping, .payload = "ping"});
  buffer alone{ping.substr(0, 8)};
  buffer rest{ping.substr(8)};

  EXPECT_EQ(reader.next(alone.left).kind, input_kind::need_more);
  EXPECT_GT(reader.bytes_held(), 0U);
  EXPECT_EQ(reader.next(rest.left).kind, input_kind::ping);
  EXPECT_EQ(reader.next(rest.left).kind, input_kind::need_more);
  EXPECT_EQ(reader.bytes_held(), 0U);

  buffer open{one_frame({.payload = "frag", .fin = false}) + ping.substr(0, 8)};
  buffer close{ping.substr(8) + one_frame({.type = opcode::continuation, .payload = "ment"})};
  EXPECT_EQ(reader.next(open.left).kind, input_kind::need_more);
  EXPECT_EQ(copy_of(reader.next(close.left)).payload, "ping");
  EXPECT_EQ(copy_of(reader.next(close.left)).payload, "fragment");
}

TEST(MessageReaderMemory, ViolationFreesAtOnceAndCloseByTheNextCall) {
  auto const part = one_frame({.payload = "part", .fin = false});
  message_reader violated{{}};
  buffer bad{part + part};
  EXPECT_EQ(violated.next(bad.left).kind, input_kind::violation);
  EXPECT_EQ(violated.bytes_held(), 0U);
  EXPECT_FALSE(violated.mid_message());

  message_reader closed{{}};
  buffer last{part + one_frame({.type = opcode::close, .payload = ""})};
  EXPECT_EQ(closed.next(last.left).kind, input_kind::close);
  EXPECT_FALSE(closed.mid_message());
  EXPECT_EQ(closed.next(last.left).kind, input_kind::need_more);
  EXPECT_EQ(closed.bytes_held(), 0U);
}

TEST(MessageReaderMemory, MidMessageFromTheFirstByteToTheLast) {
  auto const stream = one_frame({.payload = "ab", .fin = false}) +
                      one_frame({.type = opcode::ping, .payload = "p"}) +
                      one_frame({.type = opcode::continuation, .payload = "cd"});
  message_reader reader{{}};
  EXPECT_FALSE(reader.mid_message());
  std::size_t arrived = 0;
  auto const found = listen(
      reader, stream, [] { return std::size_t{1}; },
      [&](auto const& now) {
        ++arrived;
        EXPECT_EQ(now.mid_message(), arrived < stream.size()) << arrived;
      });
  EXPECT_EQ(found.size(), 2U);
}

TEST(MessageReaderMemory, DribbledMessageOfTheLargestSizeIsLinearWork) {
  // 1 MiB one byte at a time: memory must grow by doubling, and a byte be looked at once.
  constexpr std::size_t size = 1U << 20U;
  message_reader reader{{.message_bytes_max = size}};
  auto stream = one_frame({.payload = std::string(size, 'x')});
  stream.resize(stream.size() + payload_padding_bytes);

  input found;
  std::size_t held = 0;
  int growths = 0;
  for (std::size_t at = 0; at < stream.size() - payload_padding_bytes; ++at) {
    auto left = std::span{stream}.subspan(at, 1);
    found = reader.next(left);
    if (std::exchange(held, reader.bytes_held()) != held) ++growths;
  }

  EXPECT_LE(growths, 12);  // 512 bytes doubled until 1 MiB
  ASSERT_EQ(found.kind, input_kind::message);
  EXPECT_EQ(found.payload.size(), size);
  EXPECT_EQ(std::count(found.payload.begin(), found.payload.end(), 'x'), size);
}

}  // namespace
}  // namespace waggle::websocket

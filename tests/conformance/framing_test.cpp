// SPDX-License-Identifier: Apache-2.0
// Framing, RFC 6455 section 5.2: lengths, masks, pieces on the wire.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

using testing::AnyOf;

// The values around which the length field changes its form.
constexpr std::size_t lengths[] = {0, 125, 126, 127, 128, 65'535, 65'536};

TEST(Framing, TextOfEveryLengthFormComesBack) {
  auto client = open_echo();
  for (auto const length : lengths) {
    SCOPED_TRACE(length);
    expect_echo(client, opcode::text, std::string(length, '*'));
  }
}

TEST(Framing, BinaryOfEveryLengthFormComesBack) {
  auto client = open_echo();
  for (auto const length : lengths) {
    SCOPED_TRACE(length);
    expect_echo(client, opcode::binary, std::string(length, '\xfe'));
  }
}

TEST(Framing, PiecesOfNearlyAThousandBytesMakeOneMessage) {
  auto client = open_echo();
  for (auto const length : lengths) {
    SCOPED_TRACE(length);
    expect_echo(client, opcode::text, std::string(length, 'p'), 997);
    expect_echo(client, opcode::binary, std::string(length, '\xfe'), 997);
  }
}

TEST(Framing, SingleBytesMakeOneMessage) {
  auto client = open_echo();
  for (auto const length : {0U, 1U, 125U, 126U, 127U, 128U, 1'000U}) {
    SCOPED_TRACE(length);
    expect_echo(client, opcode::text, std::string(length, '1'), 1);
    expect_echo(client, opcode::binary, std::string(length, '\xfe'), 1);
  }
}

TEST(Framing, EveryMaskIsUndoneAtEveryAlignment) {
  auto client = open_echo();
  for (auto const mask : {0x00000000U, 0xffffffffU, 0x01020304U, 0x80000000U, 0x000000ffU}) {
    for (std::size_t length = 0; length <= 70; ++length) {
      std::string payload(length, '\0');
      for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<char>('a' + i % 26);
      client.send({.op = opcode::text, .payload = payload}, {.mask = mask});
      expect_next(client, opcode::text, payload);
    }
  }
}

TEST(Framing, ManyFramesInOneSegmentAreAnsweredInOrder) {
  auto client = open_echo();
  std::string bytes;
  for (int i = 0; i < 200; ++i) bytes += encode({.payload = "message " + std::to_string(i)});

  client.send_bytes(bytes);

  for (int i = 0; i < 200; ++i) expect_next(client, opcode::text, "message " + std::to_string(i));
}

TEST(Framing, FramesCutAtEveryByteAreAnsweredInOrder) {
  // Two frames and the first part of a third in one segment, the rest in the next.
  auto const all = encode({.payload = "first"}) + encode({.op = opcode::ping, .payload = "p"}) +
                   encode({.op = opcode::binary, .payload = std::string(130, 'b')});
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    SCOPED_TRACE(cut);
    auto client = open_echo();
    client.send_bytes(all.substr(0, cut));
    client.send_bytes(all.substr(cut));
    expect_next(client, opcode::text, "first");
    expect_next(client, opcode::pong, "p");
    expect_next(client, opcode::binary, std::string(130, 'b'));
  }
}

// Section 5.1: a server MUST close upon receiving a frame that is not masked.
TEST(Framing, UnmaskedFrameFails) {
  for (auto const op : {opcode::text, opcode::binary, opcode::ping, opcode::pong, opcode::close}) {
    SCOPED_TRACE(static_cast<int>(op));
    std::string const payload = op == opcode::close ? close_payload(normal_closure) : "hello";
    auto const end = end_after(encode({.op = op, .payload = payload}, {.masked = false}));
    EXPECT_THAT(end, ClosedWith(protocol_error));
  }
}

// Section 5.2: the minimal number of bytes MUST be used to encode the length.
TEST(Framing, LengthNotInShortestFormFails) {
  struct {
    std::size_t size;
    length_form form;
  } const cases[] = {{0, length_form::two_bytes},       {5, length_form::two_bytes},
                     {125, length_form::two_bytes},     {5, length_form::eight_bytes},
                     {125, length_form::eight_bytes},   {126, length_form::eight_bytes},
                     {65'535, length_form::eight_bytes}};
  for (auto const& c : cases) {
    SCOPED_TRACE(c.size);
    auto const end = end_after(encode({.payload = std::string(c.size, 'x')}, {.length = c.form}));
    EXPECT_THAT(end, ClosedWith(protocol_error));
  }
}

// Section 5.2: the most significant bit of the 64-bit length MUST be 0.
TEST(Framing, LengthWithItsTopBitSetFails) {
  std::string const head = "\x82\xff" + std::string("\xff\xff\xff\xff\xff\xff\xff\xff") + "mask";

  EXPECT_THAT(end_after(head), ClosedWith(AnyOf(protocol_error, message_too_big)));
}

}  // namespace
}  // namespace waggle::test

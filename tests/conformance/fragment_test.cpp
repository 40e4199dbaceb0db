// SPDX-License-Identifier: Apache-2.0
// Fragmentation, RFC 6455 section 5.4.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

std::string first(std::string const& payload, opcode kind = opcode::text) {
  return encode({.op = kind, .payload = payload, .fin = false});
}
std::string middle(std::string const& payload) {
  return encode({.op = opcode::continuation, .payload = payload, .fin = false});
}
std::string last(std::string const& payload) {
  return encode({.op = opcode::continuation, .payload = payload});
}
std::string ping(std::string const& payload) {
  return encode({.op = opcode::ping, .payload = payload});
}

// Each case is sent in one segment, in single bytes, and frame by frame with the pieces of 7 bytes
// that cut heads as well as payloads.
constexpr std::size_t piece_sizes[] = {in_one_piece, 1, 7};

void send(ws_client& client, std::string const& bytes, std::size_t piece_bytes) {
  client.transport().send_in_pieces(bytes,
                                    piece_bytes == in_one_piece ? bytes.size() : piece_bytes);
}

TEST(Fragments, OfTextAndBinaryMakeOneMessage) {
  for (auto const pieces : piece_sizes) {
    for (auto const kind : {opcode::text, opcode::binary}) {
      auto client = open_echo();
      send(client, first("fragment1", kind) + last("fragment2"), pieces);
      expect_next(client, kind, "fragment1fragment2");
      send(client, first("a", kind) + middle("b") + middle("c") + middle("d") + last("e"), pieces);
      expect_next(client, kind, "abcde");
    }
  }
}

TEST(Fragments, MayBeEmpty) {
  auto client = open_echo();

  client.send_bytes(first("") + middle("") + last(""));
  client.send_bytes(first("") + middle("middle frame payload") + last(""));
  client.send_bytes(first("x") + last(""));

  expect_next(client, opcode::text, "");
  expect_next(client, opcode::text, "middle frame payload");
  expect_next(client, opcode::text, "x");
}

TEST(Fragments, PingBetweenThemIsAnsweredAtOnce) {
  for (auto const pieces : piece_sizes) {
    auto client = open_echo();
    send(client, first("fragment1") + ping("ping payload"), pieces);
    expect_next(client, opcode::pong, "ping payload");
    send(client, last("fragment2"), pieces);
    expect_next(client, opcode::text, "fragment1fragment2");
  }
}

TEST(Fragments, PingsBetweenAllOfThemAreAnsweredInOrder) {
  for (auto const pieces : piece_sizes) {
    auto client = open_echo();
    send(client,
         first("1") + middle("2") + ping("ping 1") + middle("3") + middle("4") + ping("ping 2") +
             last("5"),
         pieces);
    expect_next(client, opcode::pong, "ping 1");
    expect_next(client, opcode::pong, "ping 2");
    expect_next(client, opcode::text, "12345");
  }
}

TEST(Fragments, UnsolicitedPongBetweenThemIsIgnored) {
  auto client = open_echo();

  client.send_bytes(first("a") + encode({.op = opcode::pong, .payload = "x"}) + last("b"));

  expect_next(client, opcode::text, "ab");
}

// Section 5.5: control frames MUST NOT be fragmented.
TEST(Fragments, OfControlFramesFail) {
  for (auto const op : {opcode::ping, opcode::pong, opcode::close}) {
    SCOPED_TRACE(static_cast<int>(op));
    std::string const payload = op == opcode::close ? close_payload(normal_closure) : "fragment1";
    auto const end =
        end_after(encode({.op = op, .payload = payload, .fin = false}) + last("fragment2"));
    EXPECT_THAT(end, ClosedWith(protocol_error));
  }
}

TEST(Fragments, ContinuationOfNothingFails) {
  for (auto const pieces : piece_sizes) {
    for (auto const& lone : {last("non-continuation payload"), middle("non-continuation payload"),
                             last(""), middle("")}) {
      EXPECT_THAT(end_after(lone + encode({.payload = "Hello, world!"}), pieces),
                  ClosedWith(protocol_error));
    }
  }
}

TEST(Fragments, ContinuationAfterTheLastOneFails) {
  auto client = open_echo();

  client.send_bytes(first("fragment1") + last("fragment2") + middle("fragment3") +
                    encode({.payload = "fragment4"}));

  expect_next(client, opcode::text, "fragment1fragment2");
  EXPECT_THAT(client.await_end(), ClosedWith(protocol_error));
}

TEST(Fragments, NewMessageBeforeTheLastOneFails) {
  for (auto const kind : {opcode::text, opcode::binary}) {
    EXPECT_THAT(end_after(first("fragment1") + encode({.op = kind, .payload = "fragment2"})),
                ClosedWith(protocol_error));
    EXPECT_THAT(end_after(first("fragment1") + first("fragment2", kind) + last("fragment3")),
                ClosedWith(protocol_error));
  }
}

TEST(Fragments, CloseBetweenThemEndsTheConnection) {
  auto client = open_echo();

  client.send_bytes(first("fragment1"));
  client.send_close(normal_closure);

  EXPECT_THAT(client.await_end(), ClosedWith(normal_closure));
}

TEST(Fragments, ThousandsOfThemMakeOneMessage) {
  auto client = open_echo();
  std::string bytes = first("");
  for (int i = 0; i < 5'000; ++i) bytes += middle("xyz");
  bytes += last("");

  client.send_bytes(bytes);

  std::string expected;
  for (int i = 0; i < 5'000; ++i) expected += "xyz";
  expect_next(client, opcode::text, expected);
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Pings and pongs, RFC 6455 sections 5.5.2 and 5.5.3.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

std::string ping_frame(std::string const& payload) {
  return encode({.op = opcode::ping, .payload = payload});
}

TEST(Ping, IsAnsweredWithItsPayload) {
  std::string const payloads[] = {"", "Hello, world!",
                                  std::string("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8),
                                  std::string(125, '\xfe')};
  auto client = open_echo();
  for (auto const& payload : payloads) {
    SCOPED_TRACE(payload.size());
    client.send_bytes(ping_frame(payload));
    expect_next(client, opcode::pong, payload);
  }
}

TEST(Ping, InSingleBytesIsAnswered) {
  auto client = open_echo();

  client.transport().send_in_pieces(ping_frame(std::string(125, '\xfe')), 1);

  expect_next(client, opcode::pong, std::string(125, '\xfe'));
}

TEST(Ping, PayloadOver125BytesFails) {
  EXPECT_THAT(end_after(ping_frame(std::string(126, 'x'))), ClosedWith(protocol_error));
  EXPECT_THAT(end_after(encode({.op = opcode::pong, .payload = std::string(126, 'x')})),
              ClosedWith(protocol_error));
}

TEST(Ping, TenAreAnsweredInOrder) {
  auto client = open_echo();
  std::string bytes;
  for (int i = 0; i < 10; ++i) bytes += ping_frame("payload-" + std::to_string(i));

  client.send_bytes(bytes);

  for (int i = 0; i < 10; ++i) expect_next(client, opcode::pong, "payload-" + std::to_string(i));
}

TEST(Ping, TenInSingleBytesAreAnsweredInOrder) {
  auto client = open_echo();
  std::string bytes;
  for (int i = 0; i < 10; ++i) bytes += ping_frame("payload-" + std::to_string(i));

  client.transport().send_in_pieces(bytes, 1);

  for (int i = 0; i < 10; ++i) expect_next(client, opcode::pong, "payload-" + std::to_string(i));
}

TEST(Pong, UnsolicitedOnesGetNoReply) {
  auto client = open_echo();
  for (auto const* const payload : {"", "unsolicited payload"}) {
    client.send({.op = opcode::pong, .payload = payload});
    client.send({.op = opcode::ping, .payload = "after"});
    expect_next(client, opcode::pong, "after");
  }
}

}  // namespace
}  // namespace waggle::test

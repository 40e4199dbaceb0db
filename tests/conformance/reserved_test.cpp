// SPDX-License-Identifier: Apache-2.0
// Reserved bits, RFC 6455 section 5.2: set without a negotiated extension they fail the connection.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

TEST(ReservedBits, FailInEveryKindOfFrame) {
  for (std::uint8_t bits = 1; bits <= 7; ++bits) {
    for (auto const op :
         {opcode::text, opcode::binary, opcode::close, opcode::ping, opcode::pong}) {
      SCOPED_TRACE("bits " + std::to_string(bits) + " opcode " +
                   std::to_string(static_cast<int>(op)));
      std::string const payload = op == opcode::close ? close_payload(normal_closure) : "hello";
      auto const end = end_after(encode({.op = op, .payload = payload, .reserved = bits}));
      EXPECT_THAT(end, ClosedWith(protocol_error));
    }
  }
}

TEST(ReservedBits, FailBehindAGoodMessageThatIsStillEchoed) {
  for (std::uint8_t bits = 1; bits <= 7; ++bits) {
    SCOPED_TRACE(static_cast<int>(bits));
    auto client = open_echo();
    client.send_bytes(encode({.payload = "good"}) + encode({.payload = "bad", .reserved = bits}) +
                      encode({.op = opcode::ping}));
    expect_next(client, opcode::text, "good");
    EXPECT_THAT(client.await_end(), ClosedWith(protocol_error));
  }
}

TEST(ReservedBits, FailInAContinuation) {
  auto const end = end_after(encode({.payload = "a", .fin = false}) +
                             encode({.op = opcode::continuation, .payload = "b", .reserved = 4}));

  EXPECT_THAT(end, ClosedWith(protocol_error));
}

TEST(ReservedBits, FailWithoutWaitingForThePayload) {
  auto const whole = encode({.payload = std::string(1'000, 'x'), .reserved = 2});

  EXPECT_THAT(end_after(whole.substr(0, 8)), ClosedWith(protocol_error));
}

}  // namespace
}  // namespace waggle::test

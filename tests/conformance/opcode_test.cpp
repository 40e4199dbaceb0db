// SPDX-License-Identifier: Apache-2.0
// Opcodes 3-7 and 11-15 are reserved, RFC 6455 section 5.2.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

constexpr int reserved[] = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15};

TEST(Opcodes, ReservedOnesFailWithAndWithoutPayload) {
  for (int const op : reserved) {
    SCOPED_TRACE(op);
    EXPECT_THAT(end_after(encode({.op = static_cast<opcode>(op)})), ClosedWith(protocol_error));
    EXPECT_THAT(end_after(encode({.op = static_cast<opcode>(op), .payload = "reserved"})),
                ClosedWith(protocol_error));
  }
}

TEST(Opcodes, ReservedOnesFailBehindAGoodMessageThatIsStillEchoed) {
  for (int const op : reserved) {
    SCOPED_TRACE(op);
    auto client = open_echo();
    client.send_bytes(encode({.payload = "good"}) +
                      encode({.op = static_cast<opcode>(op), .payload = "bad"}) +
                      encode({.op = opcode::ping}));
    expect_next(client, opcode::text, "good");
    EXPECT_THAT(client.await_end(), ClosedWith(protocol_error));
  }
}

TEST(Opcodes, ReservedOnesFailBetweenFragments) {
  for (int const op : reserved) {
    SCOPED_TRACE(op);
    auto const end =
        end_after(encode({.payload = "a", .fin = false}) + encode({.op = static_cast<opcode>(op)}));
    EXPECT_THAT(end, ClosedWith(protocol_error));
  }
}

}  // namespace
}  // namespace waggle::test

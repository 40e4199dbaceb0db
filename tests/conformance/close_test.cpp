// SPDX-License-Identifier: Apache-2.0
// The closing handshake, RFC 6455 sections 5.5.1 and 7.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

using testing::AnyOf;

std::string close(std::string const& payload) {
  return encode({.op = opcode::close, .payload = payload});
}

/// Expects that nothing comes but the answer to a close frame with code 1000, then the end of TCP.
void expect_only_the_close(ws_client& client) {
  auto const got = client.receive();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->kind, opcode::close);
  EXPECT_EQ(got->payload, close_payload(normal_closure));
  EXPECT_TRUE(client.await_end().tcp_closed);
}

TEST(Close, BehindAMessageLeavesTheMessageEchoed) {
  auto client = open_echo();

  client.send_bytes(encode({.payload = "Hello World!"}) + close(close_payload(normal_closure)));

  expect_next(client, opcode::text, "Hello World!");
  expect_only_the_close(client);
}

TEST(Close, BehindALargeMessageLeavesTheMessageEchoed) {
  auto client = open_echo();
  std::string const large(256 * 1024, 'B');

  client.send_bytes(encode({.payload = large}) + close(close_payload(normal_closure)));

  expect_next(client, opcode::text, large);
  expect_only_the_close(client);
}

TEST(Close, SentTwiceIsAnsweredOnce) {
  auto client = open_echo();

  client.send_bytes(close(close_payload(normal_closure)) + close(close_payload(normal_closure)));

  expect_only_the_close(client);
}

TEST(Close, NothingBehindItIsAnswered) {
  for (auto const& behind : {encode({.op = opcode::ping, .payload = "late"}),
                             encode({.payload = "late"}), std::string("\xff\xff\xff\xff\xff")}) {
    auto client = open_echo();
    client.send_bytes(close(close_payload(normal_closure)) + behind);
    expect_only_the_close(client);
  }
}

TEST(Close, InsideAFragmentedMessageDropsTheMessage) {
  auto client = open_echo();

  client.send_bytes(encode({.payload = "fragment1", .fin = false}) +
                    close(close_payload(normal_closure)) +
                    encode({.op = opcode::continuation, .payload = "fragment2"}));

  expect_only_the_close(client);
}

TEST(Close, InSingleBytesIsAnswered) {
  EXPECT_THAT(end_after(close(close_payload(normal_closure, "bye")), 1),
              ClosedWith(normal_closure));
}

TEST(Close, WithoutACodeIsAnswered) {
  auto const end = end_after(close(""));

  EXPECT_TRUE(end.close_frame);
  EXPECT_EQ(end.code.value_or(normal_closure), normal_closure);
  EXPECT_TRUE(end.tcp_closed);
}

TEST(Close, WithHalfACodeFails) {
  EXPECT_THAT(end_after(close("\x03")), ClosedWith(protocol_error));
}

TEST(Close, ReasonMayHave123Bytes) {
  for (std::size_t const size : {0U, 1U, 13U, 123U}) {
    SCOPED_TRACE(size);
    EXPECT_THAT(end_after(close(close_payload(normal_closure, std::string(size, 'r')))),
                ClosedWith(normal_closure));
  }
  EXPECT_THAT(end_after(close(close_payload(normal_closure,
                                            "Gr\xc3\xbc\xc3\x9f"
                                            "e"))),
              ClosedWith(normal_closure));
}

TEST(Close, ReasonOf124BytesFails) {
  EXPECT_THAT(end_after(close(close_payload(normal_closure, std::string(124, 'r')))),
              ClosedWith(protocol_error));
}

TEST(Close, ReasonThatIsNotUtf8Fails) {
  for (std::string const reason : {"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80", "\xff", "\xc3"}) {
    SCOPED_TRACE(testing::PrintToString(reason));
    EXPECT_THAT(end_after(close(close_payload(normal_closure, reason))),
                ClosedWith(AnyOf(protocol_error, invalid_payload)));
  }
}

TEST(Close, ValidCodesAreEchoed) {
  std::uint16_t const codes[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009,
                                 1010, 1011, 3000, 3999, 4000, 4999};
  for (auto const code : codes) {
    SCOPED_TRACE(code);
    EXPECT_THAT(end_after(close(close_payload(code))), ClosedWith(code));
    EXPECT_THAT(end_after(close(close_payload(code, "a reason"))), ClosedWith(code));
  }
}

// Section 7.4: below 1000 nothing is defined, 1004-1006 and 1015 must not be sent, the rest up to
// 2999 is not assigned.
TEST(Close, InvalidCodesFail) {
  std::uint16_t const codes[] = {0,    1,    999,  1004, 1005, 1006,  1015,
                                 1016, 1100, 2000, 2999, 5000, 65'535};
  for (auto const code : codes) {
    SCOPED_TRACE(code);
    EXPECT_THAT(end_after(close(close_payload(code))), ClosedWith(protocol_error));
    EXPECT_THAT(end_after(close(close_payload(code, "a reason"))), ClosedWith(protocol_error));
  }
}

TEST(Close, ServerEndsTcpWithoutWaitingForTheClient) {
  auto client = open_echo();

  client.send_close(normal_closure);

  // The client keeps its side open: section 7.1.1 asks the server to close first.
  EXPECT_THAT(client.await_end(), ClosedWith(normal_closure));
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Text is UTF-8 and nothing else, RFC 6455 section 8.1, RFC 3629; what is wrong fails at the first
// byte that makes it wrong, not at the end of the message.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

std::string const valid[] = {
    "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",  // Greek with an accent of its own
    std::string("\x00", 1),
    "\x7f",
    "\xc2\x80",      // first of two bytes
    "\xdf\xbf",      // last of two bytes
    "\xe0\xa0\x80",  // first of three bytes
    "\xed\x9f\xbf",  // last before the surrogates
    "\xee\x80\x80",  // first behind them
    "\xef\xbf\xbd",  // replacement character
    "\xef\xbf\xbe",  // noncharacters are valid
    "\xef\xbf\xbf",
    "\xf0\x90\x80\x80",  // first of four bytes
    "\xf0\x9f\xbf\xbf",
    "\xf4\x8f\xbf\xbe",
    "\xf4\x8f\xbf\xbf",  // U+10FFFF
};

struct wrong {
  std::string bytes;
  std::size_t fails_at;  // index of the byte at which no continuation could be valid any more
};
wrong const invalid[] = {
    {"\x80", 0},  // continuation bytes alone
    {"\xbf", 0},
    {"a\x80", 1},
    {"\xc0\xaf", 0},  // overlong forms: C0 and C1 never occur
    {"\xc1\xbf", 0},
    {"\xc2\xc0", 1},  // a lead byte where a continuation must be
    {"\xdf ", 1},
    {"\xe0\x80\xaf", 1},  // overlong in three bytes
    {"\xe0\x9f\xbf", 1},
    {"\xe1\x80\xc0", 2},
    {"\xed\xa0\x80", 1},  // surrogates
    {"\xed\xad\xbf", 1},
    {"\xed\xae\x80", 1},
    {"\xed\xbf\xbf", 1},
    {"\xef\xbf ", 2},
    {"\xf0\x80\x80\xaf", 1},  // overlong in four bytes
    {"\xf0\x8f\xbf\xbf", 1},
    {"\xf1\x80\x80 ", 3},
    {"\xf4\x90\x80\x80", 1},  // above U+10FFFF
    {"\xf5\x80\x80\x80", 0},
    {"\xf8\x88\x80\x80\x80", 0},  // five and six bytes
    {"\xfc\x84\x80\x80\x80\x80", 0},
    {"\xfe", 0},
    {"\xff", 0},
    {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"
     "edited",
     12},
    {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80"
     "edited",
     12},
};

std::string first(std::string const& payload) {
  return encode({.payload = payload, .fin = false});
}
std::string middle(std::string const& payload) {
  return encode({.op = opcode::continuation, .payload = payload, .fin = false});
}
std::string last(std::string const& payload) {
  return encode({.op = opcode::continuation, .payload = payload});
}

TEST(Utf8, ValidTextComesBack) {
  auto client = open_echo();
  for (auto const& text : valid) {
    SCOPED_TRACE(testing::PrintToString(text));
    expect_echo(client, opcode::text, text);
    expect_echo(client, opcode::text, text + "behind", 1);
    expect_echo(client, opcode::text, std::string(200, 'x') + text + std::string(200, 'y'));
  }
}

TEST(Utf8, CharactersMayBeCutByFragments) {
  auto client = open_echo();
  for (auto const& text : valid) {
    SCOPED_TRACE(testing::PrintToString(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      client.send_bytes(first(text.substr(0, cut)) + encode({.op = opcode::ping}) +
                        last(text.substr(cut)));
      expect_next(client, opcode::pong, "");
      expect_next(client, opcode::text, text);
    }
  }
}

TEST(Utf8, InvalidTextFails) {
  for (auto const& [bytes, fails_at] : invalid) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    EXPECT_THAT(end_after(encode({.payload = bytes})), ClosedWith(invalid_payload));
    EXPECT_THAT(end_after(encode({.payload = std::string(100, 'x') + bytes + "behind"})),
                ClosedWith(invalid_payload));
  }
}

TEST(Utf8, InvalidTextInSingleBytesFails) {
  for (auto const& [bytes, fails_at] : invalid) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    EXPECT_THAT(end_after(encode({.payload = bytes}), 1), ClosedWith(invalid_payload));
  }
}

TEST(Utf8, TextThatEndsInsideACharacterFails) {
  for (std::string const text : {"\xce", "\xe1\xbd", "\xf0\x9f\xbf", "abc\xed\x9f", "\xf4"}) {
    SCOPED_TRACE(testing::PrintToString(text));
    EXPECT_THAT(end_after(encode({.payload = text})), ClosedWith(invalid_payload));
    EXPECT_THAT(end_after(first(text) + last("")), ClosedWith(invalid_payload));
    EXPECT_THAT(end_after(first("") + middle(text) + last("")), ClosedWith(invalid_payload));
  }
}

TEST(Utf8, FailsInsideAFrameBeforeItIsComplete) {
  for (auto const& [bytes, fails_at] : invalid) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    auto const whole = encode({.payload = bytes + std::string(1'000, 'x')});
    constexpr std::size_t head_bytes = 8;  // two-byte length, mask
    EXPECT_THAT(end_after(whole.substr(0, head_bytes + fails_at + 1)), ClosedWith(invalid_payload));
  }
}

TEST(Utf8, FailsInAFragmentBeforeTheMessageIsComplete) {
  for (auto const& [bytes, fails_at] : invalid) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    EXPECT_THAT(end_after(first("valid") + middle(bytes.substr(0, fails_at + 1))),
                ClosedWith(invalid_payload));
  }
}

TEST(Utf8, DoesNotFailBeforeTheByteThatIsWrong) {
  for (auto const& [bytes, fails_at] : invalid) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    auto client = open_echo();
    client.send_bytes(first(bytes.substr(0, fails_at)) + encode({.op = opcode::ping}));
    expect_next(client, opcode::pong, "");
    client.send_bytes(middle(bytes.substr(fails_at, 1)));
    EXPECT_THAT(client.await_end(), ClosedWith(invalid_payload));
  }
}

TEST(Utf8, IsNotAskedOfBinaryMessagesAndPings) {
  auto client = open_echo();
  for (auto const& [bytes, fails_at] : invalid) {
    expect_echo(client, opcode::binary, bytes);
    client.send({.op = opcode::ping, .payload = bytes});
    expect_next(client, opcode::pong, bytes);
  }
}

TEST(Utf8, StateDoesNotLeakIntoTheNextMessage) {
  auto client = open_echo();

  client.send_bytes(encode({.op = opcode::binary, .payload = "\xf0\x9f"}));
  expect_next(client, opcode::binary, "\xf0\x9f");

  expect_echo(client, opcode::text, "plain");
}

}  // namespace
}  // namespace waggle::test

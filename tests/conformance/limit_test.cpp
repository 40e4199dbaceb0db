// SPDX-License-Identifier: Apache-2.0
// Large messages up to the limit of the echo server (16 MiB), and one byte past it.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

constexpr std::size_t kib = 1'024;
constexpr std::size_t mib = 1'024 * kib;
constexpr std::size_t limit_bytes = 16 * mib;

std::string in_fragments(opcode kind, std::string const& payload, std::size_t fragment_bytes) {
  std::string bytes;
  for (std::size_t at = 0; at < payload.size(); at += fragment_bytes) {
    bytes += encode({.op = at == 0 ? kind : opcode::continuation,
                     .payload = payload.substr(at, fragment_bytes),
                     .fin = at + fragment_bytes >= payload.size()});
  }
  return bytes;
}

/// The head of a frame that announces `size` bytes of payload and sends none of them.
std::string head_of(opcode kind, std::uint64_t size, bool fin = true) {
  std::string head{static_cast<char>((fin ? 0x80U : 0U) | static_cast<unsigned>(kind)), '\xff'};
  for (int shift = 56; shift >= 0; shift -= 8)
    head.push_back(static_cast<char>(size >> shift & 0xff));
  return head + "mask";
}

TEST(Limits, MessagesUpTo4MiBComeBack) {
  auto client = open_echo();
  for (auto const size : {64 * kib, 256 * kib, 1 * mib, 4 * mib}) {
    SCOPED_TRACE(size);
    expect_echo(client, opcode::text, std::string(size, '*'));
    expect_echo(client, opcode::binary, std::string(size, '\xfe'));
  }
}

TEST(Limits, MultiByteTextInLargeMessagesComesBack) {
  auto client = open_echo();
  std::string text;
  while (text.size() < 1 * mib) text += "\xf0\x9f\x90\x9d h\xc3\xb6ney ";

  expect_echo(client, opcode::text, text);
  expect_echo(client, opcode::text, text, 997);
}

TEST(Limits, LargeMessagesInFragmentsComeBack) {
  auto client = open_echo();
  std::string const payload(1 * mib, '*');
  for (auto const fragment_bytes : {64UL, 256UL, 1 * kib, 4 * kib, 64 * kib, 256 * kib}) {
    SCOPED_TRACE(fragment_bytes);
    for (auto const kind : {opcode::text, opcode::binary}) {
      client.send_bytes(in_fragments(kind, payload, fragment_bytes));
      expect_next(client, kind, payload);
    }
  }
}

TEST(Limits, FragmentsOf1300BytesMakeOneMessage) {
  auto client = open_echo();
  std::string const payload(64 * kib, 'm');

  client.send_bytes(in_fragments(opcode::text, payload, 1'300));

  expect_next(client, opcode::text, payload);
}

TEST(Limits, AThousandRoundTripsKeepTheirOrder) {
  auto client = open_echo();
  for (int i = 0; i < 1'000; ++i) expect_echo(client, opcode::text, std::to_string(i));
}

TEST(Limits, MessageOfTheLimitComesBack) {
  auto client = open_echo();

  expect_echo(client, opcode::binary, std::string(limit_bytes, 'L'));
}

TEST(Limits, AnnouncedLengthPastTheLimitFailsBeforeThePayload) {
  EXPECT_THAT(end_after(head_of(opcode::binary, limit_bytes + 1)), ClosedWith(message_too_big));
  EXPECT_THAT(end_after(head_of(opcode::text, std::uint64_t{1} << 62)),
              ClosedWith(message_too_big));
}

TEST(Limits, FragmentsPastTheLimitFailTogether) {
  auto const part =
      encode({.op = opcode::binary, .payload = std::string(64 * kib, 'f'), .fin = false});

  EXPECT_THAT(end_after(part + head_of(opcode::continuation, limit_bytes - 64 * kib + 1)),
              ClosedWith(message_too_big));
}

}  // namespace
}  // namespace waggle::test

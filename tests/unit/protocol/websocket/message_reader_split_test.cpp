// SPDX-License-Identifier: Apache-2.0
// However TCP cuts a stream, it means the same: every cut of interesting streams, random traffic.
#include "protocol/websocket/frame_writer.hpp"
#include "protocol/websocket/message_reader.hpp"
#include "tests/unit/protocol/websocket/transcript.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace waggle::websocket {
namespace {

std::string stream_of(std::initializer_list<masked_frame> all) {
  std::string stream;
  for (auto const& frame : all) append_masked_frame(stream, frame);
  return stream;
}

void expect_same_for_every_cut(std::string_view stream) {
  auto const whole = listen_whole(stream);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    bool first = true;
    auto const two = [&] { return std::exchange(first, false) ? cut : stream.size(); };
    ASSERT_EQ(listen(stream, two), whole) << "cut at " << cut;
  }
  for (std::size_t piece = 1; piece <= 20; ++piece)
    ASSERT_EQ(listen(stream, [&] { return piece; }), whole) << "pieces of " << piece;
}

TEST(MessageReaderSplit, MessagesOfEveryLengthForm) {
  for (std::size_t const size : {0U, 1U, 125U, 126U, 127U, 400U}) {
    auto const payload = std::string(size, 'm');
    expect_same_for_every_cut(stream_of({{.payload = payload}, {.payload = payload}}));
  }
}

TEST(MessageReaderSplit, MessageWith64BitLengthCutInAndAroundItsHead) {
  auto const stream = stream_of({{.type = opcode::binary, .payload = std::string(65'536, 'b')}});
  auto const whole = listen_whole(stream);
  ASSERT_EQ(whole.size(), 1U);
  for (std::size_t cut = 1; cut < 24; ++cut) {
    bool first = true;
    EXPECT_EQ(listen(stream, [&] { return std::exchange(first, false) ? cut : stream.size(); }),
              whole);
    first = true;
    EXPECT_EQ(
        listen(stream, [&] { return std::exchange(first, false) ? stream.size() - cut : cut; }),
        whole);
  }
}

TEST(MessageReaderSplit, FragmentsWithControlFramesBetweenThem) {
  expect_same_for_every_cut(
      stream_of({{.payload = "k\xC3", .fin = false},
                 {.type = opcode::ping, .payload = std::string(125, 'p')},
                 {.type = opcode::continuation, .payload = "\xB6ln \xF0\x9F", .fin = false},
                 {.type = opcode::pong, .payload = ""},
                 {.type = opcode::continuation, .payload = "", .fin = false},
                 {.type = opcode::ping, .payload = "again"},
                 {.type = opcode::continuation, .payload = "\x90\x9D"},
                 {.type = opcode::binary, .payload = "\xFE\xFF"},
                 {.type = opcode::close,
                  .payload = "\x03\xE8"
                             "bye"},
                 {.payload = "late"}}));
}

TEST(MessageReaderSplit, ControlFramesBeforeAnyDataOfAnOpenMessage) {
  expect_same_for_every_cut(stream_of({{.payload = "", .fin = false},
                                       {.type = opcode::ping, .payload = "one"},
                                       {.type = opcode::ping, .payload = "two"},
                                       {.type = opcode::continuation, .payload = "data"},
                                       {.type = opcode::close, .payload = ""}}));
}

TEST(MessageReaderSplit, Violations) {
  auto const good = stream_of({{.payload = "first", .fin = false}});
  for (auto const& bad :
       {stream_of({{.payload = "second"}}),
        stream_of({{.type = opcode::continuation, .payload = "\xFF"}}),
        stream_of({{.type = opcode::ping, .payload = std::string(126, 'x')}}),
        stream_of({{.type = opcode::ping, .payload = "x", .fin = false}}),
        stream_of({{.type = opcode::continuation, .payload = "x", .rsv = 4}}),
        stream_of({{.type = opcode::close, .payload = "\x03"}}),
        stream_of({{.type = opcode::close, .payload = "\x03\xEC"}}),
        stream_of({{.type = opcode::close, .payload = "\x03\xE8\x80"}}),
        stream_of({{.type = opcode::continuation, .payload = std::string(66'000, 'x')}})
            .substr(0, 40)})
    expect_same_for_every_cut(good + bad + good);
}

/// Frames of a client that is mostly right: legal sequences, and now and then one thing wrong.
std::string random_traffic(std::mt19937& random) {
  std::string stream;
  bool open = false;
  for (auto count = random() % 12 + 1; count > 0; --count) {
    std::string payload(random() % 5 == 0 ? random() % 3000 : random() % 40, 'a');
    for (std::size_t i = 0; i + 1 < payload.size(); i += 1 + random() % 30)
      payload.replace(i, 2, "\xC3\xB6");
    masked_frame frame{.type = open ? opcode::continuation : opcode::text, .payload = payload};
    for (auto& byte : frame.mask) byte = static_cast<char>(random());
    auto const kind = random() % 20;
    if (kind < 6) {
      frame.type = kind < 3 ? opcode::ping : opcode::pong;
      frame.payload = frame.payload.substr(0, 125);
    } else if (kind == 6 && random() % 4 == 0) {
      frame.type = static_cast<opcode>(random() % 16);
    } else if (kind == 7 && random() % 4 == 0) {
      frame.rsv = static_cast<std::uint8_t>(random() % 8);
    } else {
      frame.fin = random() % 2 == 0;
      open = !frame.fin;
    }
    append_masked_frame(stream, frame);
  }
  if (random() % 10 == 0) stream[random() % stream.size()] = static_cast<char>(random());
  if (random() % 10 == 0) stream.resize(random() % stream.size());
  return stream;
}

TEST(MessageReaderSplit, RandomTrafficMeansTheSameHoweverItIsCut) {
  constexpr unsigned seed = 45'670'123;
  SCOPED_TRACE(seed);
  std::mt19937 random{seed};
  std::size_t messages = 0;
  std::size_t violations = 0;
  for (int round = 0; round < 600; ++round) {
    auto const stream = random_traffic(random);
    auto const whole = listen_whole(stream);

    ASSERT_EQ(listen_bytewise(stream), whole) << round;
    auto const piece_max = 1 + random() % 400;
    ASSERT_EQ(listen(stream, [&] { return random() % piece_max; }), whole) << round;
    for (auto const& what : whole) {
      messages += what.kind == input_kind::message ? 1U : 0U;
      violations += what.kind == input_kind::violation ? 1U : 0U;
    }
  }
  EXPECT_GT(messages, 500U);  // the traffic is worth its name
  EXPECT_GT(violations, 50U);
}

}  // namespace
}  // namespace waggle::websocket

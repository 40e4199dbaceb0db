// SPDX-License-Identifier: Apache-2.0
// What server/net/byte_stream.hpp promises, held against every implementation.
#include "tests/contract/stream_rig.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace waggle::net::test {
namespace {

using waggle::test::eventually;

/// Somebody who waits, and writes down what it was told.
class waiter final : public stream_user {
 public:
  explicit waiter(bool& destroyed) : destroyed_(destroyed) {}
  ~waiter() override { destroyed_ = true; }
  void on_ready(readiness what, bool ok) override {
    (what == readiness::readable ? readable : writable).push_back(ok);
  }

  std::vector<bool> readable;  // what each call said
  std::vector<bool> writable;

 private:
  bool& destroyed_;
};

template <class Rig>
class ByteStream : public testing::Test {
 protected:
  byte_stream& stream() { return *rig.stream(); }

  /// Polls until `done` holds.
  template <class Done>
  bool until(Done&& done) {
    return eventually([&] {
      rig.poll();
      return done();
    });
  }
  bool until_readable() {
    auto const before = user->readable.size();
    stream().wait(readiness::readable, user);
    return until([&] { return user->readable.size() > before; });
  }

  /// Reads until `bytes` have come or the stream says something that no wait can help.
  std::string read(std::size_t bytes, std::size_t piece_max = 100'000) {
    std::string all;
    std::vector<char> some(piece_max);
    while (all.size() < bytes) {
      auto const got = stream().read_some(std::span{some}.first(std::min(piece_max, some.size())));
      last = got.status;
      if (got.status == io_status::done) {
        EXPECT_GT(got.bytes, 0U);
        EXPECT_LE(got.bytes, piece_max);
        all.append(some.data(), got.bytes);
      } else if (got.status != io_status::want_read || !until_readable()) {
        return all;
      }
    }
    return all;
  }
  io_status read_status() {
    std::array<char, 100> some{};
    return stream().read_some(some).status;
  }

  bool user_destroyed = false;
  boost::intrusive_ptr<waiter> user{new waiter{user_destroyed}};
  Rig rig;
  io_status last = io_status::done;  // of read()
};

using rigs = testing::Types<memory_rig, tcp_rig, tls_rig>;
TYPED_TEST_SUITE(ByteStream, rigs);

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

TYPED_TEST(ByteStream, WithNothingToReadAsksToWait) {
  EXPECT_EQ(this->read_status(), io_status::want_read);
  EXPECT_FALSE(this->stream().has_buffered_input());
}

TYPED_TEST(ByteStream, ReadsWhatThePeerWrote) {
  auto const text = pattern(3000);
  ASSERT_EQ(this->rig.peer_writes(text), text.size());

  EXPECT_EQ(this->read(text.size()), text);

  EXPECT_EQ(this->read_status(), io_status::want_read);
}

TYPED_TEST(ByteStream, ReadsInPiecesOfAnySize) {
  for (std::size_t const piece : {1U, 2U, 7U, 1000U}) {
    auto const text = pattern(5000);
    ASSERT_EQ(this->rig.peer_writes(text), text.size());

    EXPECT_EQ(this->read(text.size(), piece), text);
  }
}

// What a transport holds is read without waiting, or it would be found late or never.
TYPED_TEST(ByteStream, GivesOutWhatItHoldsWithoutAWait) {
  auto const text = pattern(5000);
  ASSERT_EQ(this->rig.peer_writes(text), text.size());
  std::string all = this->read(10, 10);

  std::array<char, 10> some{};
  while (this->stream().has_buffered_input()) {
    auto const got = this->stream().read_some(some);
    ASSERT_EQ(got.status, io_status::done);
    all.append(some.data(), got.bytes);
  }
  all += this->read(text.size() - all.size());

  EXPECT_EQ(all, text);
  EXPECT_FALSE(this->stream().has_buffered_input());
}

TYPED_TEST(ByteStream, TellsTheEndOfTheStreamAfterTheLastByteAndAgain) {
  auto const text = pattern(100);
  ASSERT_EQ(this->rig.peer_writes(text), text.size());
  this->rig.peer_finishes();

  EXPECT_EQ(this->read(text.size() + 1), text);
  EXPECT_EQ(this->last, io_status::end_of_file);
  EXPECT_EQ(this->read_status(), io_status::end_of_file);
}

TYPED_TEST(ByteStream, StillWritesAfterThePeerHasFinished) {
  this->rig.peer_finishes();
  EXPECT_EQ(this->read(1), "");
  ASSERT_EQ(this->last, io_status::end_of_file);

  ASSERT_EQ(this->stream().write_some(std::string_view{"goodbye"}).status, io_status::done);

  std::string heard;
  EXPECT_TRUE(this->until([&] { return (heard += this->rig.peer_reads()) == "goodbye"; }));
}

TYPED_TEST(ByteStream, WritesUntilTheTransportIsFullAndGoesOnWhenThereIsRoom) {
  auto const text = pattern(8'000'000);
  std::string_view rest{text};
  auto const write = [&] {
    for (;;) {
      auto const wrote = this->stream().write_some(rest.substr(0, 70'000));
      if (wrote.status != io_status::done) return wrote.status;
      EXPECT_GT(wrote.bytes, 0U);
      rest.remove_prefix(wrote.bytes);
      if (rest.empty()) return io_status::done;
    }
  };
  ASSERT_EQ(write(), io_status::want_write);
  ASSERT_FALSE(rest.empty());

  std::string heard;
  while (!rest.empty()) {
    auto const before = this->user->writable.size();
    this->stream().wait(readiness::writable, this->user);
    EXPECT_EQ(this->user->writable.size(), before) << "never from inside the call";
    ASSERT_TRUE(this->until([&] {
      heard += this->rig.peer_reads();
      return this->user->writable.size() > before;
    }));
    ASSERT_TRUE(this->user->writable.back());
    auto const status = write();
    ASSERT_TRUE(status == io_status::done || status == io_status::want_write);
  }
  ASSERT_TRUE(this->until([&] { return (heard += this->rig.peer_reads()).size() >= text.size(); }));
  EXPECT_TRUE(heard == text);
}

TYPED_TEST(ByteStream, TellsOnceThatItIsReadable) {
  this->stream().wait(readiness::readable, this->user);
  this->rig.poll();
  EXPECT_TRUE(this->user->readable.empty()) << "nothing has come";

  ASSERT_GT(this->rig.peer_writes("x"), 0U);
  EXPECT_TRUE(this->until([&] { return !this->user->readable.empty(); }));
  ASSERT_GT(this->rig.peer_writes("y"), 0U);
  for (int i = 0; i < 10; ++i) this->rig.poll();

  EXPECT_EQ(this->user->readable, std::vector{true});
  EXPECT_TRUE(this->user->writable.empty());
}

TYPED_TEST(ByteStream, NeverTellsFromInsideTheWait) {
  ASSERT_GT(this->rig.peer_writes("x"), 0U);

  this->stream().wait(readiness::readable, this->user);
  this->stream().wait(readiness::writable, this->user);

  EXPECT_TRUE(this->user->readable.empty());
  EXPECT_TRUE(this->user->writable.empty());
  EXPECT_TRUE(this->until(
      [&] { return this->user->readable.size() == 1 && this->user->writable.size() == 1; }));
  EXPECT_TRUE(this->user->readable[0]);
  EXPECT_TRUE(this->user->writable[0]);
}

TYPED_TEST(ByteStream, WaitsAreToldOfTheEndOfTheStream) {
  this->stream().wait(readiness::readable, this->user);
  this->rig.peer_finishes();

  EXPECT_TRUE(this->until([&] { return !this->user->readable.empty(); }));
  EXPECT_EQ(this->user->readable, std::vector{true});
}

TYPED_TEST(ByteStream, AWaitHoldsItsUserUntilItWasTold) {
  this->stream().wait(readiness::readable, this->user);
  this->user = nullptr;
  EXPECT_FALSE(this->user_destroyed);

  ASSERT_GT(this->rig.peer_writes("x"), 0U);

  EXPECT_TRUE(this->until([&] { return this->user_destroyed; }));
}

TYPED_TEST(ByteStream, ShutDownTellsThePeerTheEndAndReadsOn) {
  ASSERT_EQ(this->stream().write_some(std::string_view{"last words"}).status, io_status::done);

  this->stream().shut_down_write();
  this->stream().shut_down_write();

  std::string heard;
  EXPECT_TRUE(this->until([&] { return (heard += this->rig.peer_reads()) == "last words"; }));
  EXPECT_TRUE(this->until([&] { return this->rig.peer_saw_end(); }));
  ASSERT_EQ(this->rig.peer_writes("an afterthought"), 15U);
  EXPECT_EQ(this->read(15), "an afterthought");
}

TYPED_TEST(ByteStream, NothingIsWrittenAfterShutDown) {
  this->stream().shut_down_write();

  EXPECT_EQ(this->stream().write_some(std::string_view{"x"}).status, io_status::failed);
}

TYPED_TEST(ByteStream, CloseCancelsTheWaitsAndLetsGoOfTheUser) {
  this->stream().wait(readiness::readable, this->user);
  auto const keep = this->user;
  this->user = nullptr;

  this->stream().close();
  this->stream().close();

  EXPECT_TRUE(keep->readable.empty()) << "never from inside the call";
  EXPECT_TRUE(this->until([&] { return !keep->readable.empty(); }));
  for (int i = 0; i < 10; ++i) this->rig.poll();
  EXPECT_EQ(keep->readable, std::vector{false});
}

TYPED_TEST(ByteStream, CloseEndsBothDirections) {
  ASSERT_GT(this->rig.peer_writes("never read"), 0U);

  this->stream().close();

  EXPECT_EQ(this->read_status(), io_status::failed);
  EXPECT_EQ(this->stream().write_some(std::string_view{"x"}).status, io_status::failed);
}

TYPED_TEST(ByteStream, ThePeerNoticesTheClose) {
  this->stream().close();

  EXPECT_TRUE(this->until([&] { return this->rig.peer_saw_close(); }));
}

// A descriptor of a closed connection belongs to the next one: nothing may touch it any more.
TYPED_TEST(ByteStream, AClosedStreamDoesNotTouchTheConnectionThatCameAfter) {
  this->stream().close();
  // The lowest free descriptors are taken first, so one of these is what the stream had.
  std::array<int, 2> next{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, next.data()), 0);
  for (auto const one : next) ASSERT_EQ(::write(one, "mine", 4), 4);

  EXPECT_EQ(this->read_status(), io_status::failed);
  EXPECT_EQ(this->stream().write_some(std::string_view{"x"}).status, io_status::failed);
  this->stream().shut_down_write();
  this->stream().close();

  for (auto const one : next) {
    std::array<char, 100> some{};
    EXPECT_EQ(::read(one, some.data(), some.size()), 4) << "nothing was taken, nothing was added";
    EXPECT_EQ(::read(one, some.data(), some.size()), -1) << "still open";
  }
  for (auto const one : next) ::close(one);
}

TYPED_TEST(ByteStream, DestructionCloses) {
  auto const keep = this->user;
  this->stream().wait(readiness::readable, this->user);

  this->rig.drop();

  EXPECT_TRUE(this->until([&] { return !keep->readable.empty(); }));
  EXPECT_EQ(keep->readable, std::vector{false});
  EXPECT_TRUE(this->until([&] { return this->rig.peer_saw_close(); }));
}

}  // namespace
}  // namespace waggle::net::test

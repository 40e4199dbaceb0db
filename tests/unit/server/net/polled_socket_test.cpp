// SPDX-License-Identifier: Apache-2.0
// Sockets in the epoll set of their context: told once a wait, quiet when nobody waits, and safe
// when one of them ends another. What every byte_stream must do is tests/contract.
#include "server/net/polled_socket.hpp"

#include "tests/unit/server/net/loopback.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace waggle::net::test {
namespace {

using waggle::test::eventually;

/// Owns its socket, as a session does: the wait holds the user, the user holds the socket.
class owner final : public stream_user {
 public:
  owner(polled_socket&& its_socket, int& ended) : socket(std::move(its_socket)), ended_(ended) {}
  ~owner() override { ++ended_; }

  void on_ready(readiness what, bool ok) override {
    told.push_back({what, ok});
    if (action) action();
  }

  struct notice {
    readiness what;
    bool ok;
    bool operator==(notice const&) const = default;
  };
  polled_socket socket;
  std::vector<notice> told;
  std::function<void()> action;

 private:
  int& ended_;
};

using owner_ptr = boost::intrusive_ptr<owner>;

struct pair {
  pair(asio::io_context& context, int& ended) : ends(context), peer(ends.client) {
    ours = new owner{ends.take_server(), ended};
  }
  loopback ends;
  far_end peer;
  owner_ptr ours;
};

class PolledSocket : public testing::Test {
 protected:
  bool until(auto condition) {
    return eventually([&] {
      run_handlers(100);
      return condition();
    });
  }
  /// At most so many: whoever is told without end must not keep the test.
  std::size_t run_handlers(std::size_t most) {
    context_->restart();
    std::size_t count = 0;
    while (count < most && context_->poll_one() > 0) ++count;
    return count;
  }
  /// Handlers that run although nothing happens.
  std::size_t idle_handlers() { return run_handlers(20); }

  int ended_ = 0;
  std::optional<asio::io_context> context_{std::in_place, 1};
};

TEST_F(PolledSocket, TellsOnceAWait) {
  pair one{*context_, ended_};
  one.ours->socket.wait(readiness::readable, one.ours);
  ASSERT_EQ(one.peer.write("x"), 1U);

  ASSERT_TRUE(until([&] { return !one.ours->told.empty(); }));
  idle_handlers();

  EXPECT_EQ(one.ours->told, (std::vector<owner::notice>{{readiness::readable, true}}));
}

TEST_F(PolledSocket, TellsAgainOfWhatWasNotRead) {
  pair one{*context_, ended_};
  one.ours->socket.wait(readiness::readable, one.ours);
  ASSERT_EQ(one.peer.write("x"), 1U);
  ASSERT_TRUE(until([&] { return one.ours->told.size() == 1; }));

  one.ours->socket.wait(readiness::readable, one.ours);

  EXPECT_TRUE(until([&] { return one.ours->told.size() == 2; }));
}

TEST_F(PolledSocket, IsQuietAboutInputThatNobodyWaitsFor) {
  pair one{*context_, ended_};
  one.ours->socket.wait(readiness::readable, one.ours);
  ASSERT_EQ(one.peer.write("x"), 1U);
  ASSERT_TRUE(until([&] { return one.ours->told.size() == 1; }));

  idle_handlers();  // one of them finds that nobody waits

  EXPECT_EQ(idle_handlers(), 0U);
}

TEST_F(PolledSocket, IsQuietAboutAHangUpThatNobodyWaitsFor) {
  pair one{*context_, ended_};
  one.ours->socket.wait(readiness::readable, one.ours);
  ASSERT_EQ(one.peer.write("x"), 1U);
  ASSERT_TRUE(until([&] { return one.ours->told.size() == 1; }));
  one.ours->socket.shut_down_write();
  one.peer.leave();
  idle_handlers();

  EXPECT_EQ(idle_handlers(), 0U);

  one.ours->socket.wait(readiness::readable, one.ours);
  EXPECT_TRUE(until([&] { return one.ours->told.size() == 2; })) << "whoever waits then is told";
}

TEST_F(PolledSocket, TellsAWriterWhenThereIsRoomAndThenNoMore) {
  pair one{*context_, ended_};
  std::string const much(4'000'000, 'x');
  while (::send(one.ours->socket.descriptor(), much.data(), much.size(), MSG_NOSIGNAL) > 0) {
  }
  one.ours->socket.wait(readiness::writable, one.ours);
  idle_handlers();
  ASSERT_TRUE(one.ours->told.empty());

  ASSERT_TRUE(until([&] {
    static_cast<void>(one.peer.read());
    return !one.ours->told.empty();
  }));

  EXPECT_EQ(one.ours->told.front(), (owner::notice{readiness::writable, true}));
  EXPECT_EQ(idle_handlers(), 0U);
}

TEST_F(PolledSocket, MayEndAnotherThatIsToldInTheSameTurn) {
  pair one{*context_, ended_};
  pair other{*context_, ended_};
  for (auto* const which : {&one, &other}) {
    which->ours->socket.wait(readiness::readable, which->ours);
    ASSERT_EQ(which->peer.write("x"), 1U);
  }
  // Whichever comes first ends both; the memory of the second is gone at once.
  auto const end_both = [&] {
    for (auto* const which : {&one, &other}) {
      if (!which->ours) continue;
      which->ours->socket.close();
      which->ours = nullptr;
    }
  };
  one.ours->action = end_both;
  other.ours->action = end_both;

  EXPECT_TRUE(until([&] { return ended_ == 2; }));
}

// Who does not wait holds no reference to itself: its memory may go before it is told.
TEST_F(PolledSocket, MayEndOneThatDoesNotWaitAndIsToldInTheSameTurn) {
  pair one{*context_, ended_};
  pair other{*context_, ended_};
  for (auto* const which : {&one, &other}) {
    which->ours->socket.wait(readiness::readable, which->ours);
    ASSERT_EQ(which->peer.write("x"), 1U);
  }
  one.ours->action = [&] {
    if (one.ours->told.size() == 1) return one.ours->socket.wait(readiness::readable, one.ours);
    other.ours = nullptr;
  };

  ASSERT_TRUE(until([&] { return one.ours->told.size() == 2; }));

  EXPECT_EQ(ended_, 1);
}

TEST_F(PolledSocket, KeepsTheContextAtWorkOnlyWhileSomebodyWaits) {
  pair one{*context_, ended_};
  one.ours->socket.wait(readiness::readable, one.ours);
  context_->restart();
  context_->poll();
  EXPECT_FALSE(context_->stopped());

  one.ours->socket.close();

  EXPECT_TRUE(until([&] { return context_->stopped(); }));
}

// A wait and its user hold each other: without the end of the context neither would ever go.
TEST_F(PolledSocket, TheEndOfTheContextEndsWhoeverWaits) {
  pair one{*context_, ended_};
  one.ours->socket.wait(readiness::readable, one.ours);
  one.ours = nullptr;
  ASSERT_EQ(ended_, 0);

  context_.reset();

  EXPECT_EQ(ended_, 1);
}

}  // namespace
}  // namespace waggle::net::test

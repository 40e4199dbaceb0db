// SPDX-License-Identifier: Apache-2.0
// The client's side of the health pages, against the real listener and against programs that are
// none. The question waits on a thread of its own while the test turns the listener's loop.
#include "server/control/health_query.hpp"

#include "tests/unit/server/control/fixture.hpp"

#include <gmock/gmock.h>

#include <future>

namespace waggle {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;

struct HealthQuery : test::listening {
  health_answer ask(net::tcp::endpoint at, std::string target = "/readyz",
                    std::chrono::milliseconds timeout = patience) {
    auto asked = std::async(std::launch::async, ask_health,
                            health_query{.at = at, .target = target, .timeout = timeout});
    turn_until([&] {
      // The loop sleeps while nothing comes; this wakes it to look at the future again.
      test::asio::post(*loop_, [] {});
      return asked.wait_for(1ms) == std::future_status::ready;
    });
    return asked.get();
  }
  health_answer ask_open(std::string target = "/readyz") {
    return ask(listener_->local_endpoint(), std::move(target));
  }

  /// A program of another kind: accepts one connection and answers `text` to anything.
  health_answer ask_a_stranger(std::string const& text) {
    net::tcp_acceptor acceptor{*loop_, {test::asio::ip::address_v4::loopback(), 0}};
    net::tcp_socket peer{*loop_};
    acceptor.async_accept(peer, [&](net::error_code) {
      std::array<char, 4096> request;
      peer.read_some(test::asio::buffer(request));
      net::error_code ignored;
      test::asio::write(peer, test::asio::buffer(text), ignored);
      peer.shutdown(net::tcp::socket::shutdown_both, ignored);
    });
    return ask(acceptor.local_endpoint());
  }
};

TEST_F(HealthQuery, ReadyServerIsHealthyAndSaysItsDetail) {
  view_.state = {.ready = true, .detail = "all is well"};
  open();

  auto const answer = ask_open();

  EXPECT_TRUE(answer.healthy);
  EXPECT_THAT(answer.text, HasSubstr("/readyz: 200 "));
  EXPECT_THAT(answer.text, HasSubstr("all is well"));
}

TEST_F(HealthQuery, ServerThatIsNotReadyIsNotHealthyButAlive) {
  view_.state = {.ready = false, .detail = "draining"};
  open();

  auto const ready = ask_open();
  auto const alive = ask_open("/healthz");

  EXPECT_FALSE(ready.healthy);
  EXPECT_THAT(ready.text, HasSubstr("/readyz: 503 "));
  EXPECT_THAT(ready.text, HasSubstr("draining"));
  EXPECT_TRUE(alive.healthy);
  EXPECT_THAT(alive.text, EndsWith("/healthz: 200 ok"));
}

TEST_F(HealthQuery, UnspecifiedAddressIsAskedOnTheLoopback) {
  open();
  auto const port = listener_->local_endpoint().port();

  EXPECT_TRUE(ask({test::asio::ip::address_v4::any(), port}).healthy);
  EXPECT_TRUE(ask({test::asio::ip::address_v6::any(), port}).healthy);
}

TEST_F(HealthQuery, PortWithoutAListenerIsNotHealthy) {
  net::tcp::endpoint free;
  {
    net::tcp_acceptor const probe{*loop_, {test::asio::ip::address_v4::loopback(), 0}};
    free = probe.local_endpoint();
  }

  auto const answer = ask(free);

  EXPECT_FALSE(answer.healthy);
  EXPECT_THAT(answer.text, EndsWith("Connection refused"));
}

TEST_F(HealthQuery, SilentServerIsGivenUpAfterTheTimeout) {
  net::tcp_acceptor const silent{*loop_, {test::asio::ip::address_v4::loopback(), 0}};
  auto const started = std::chrono::steady_clock::now();

  auto const answer = ask(silent.local_endpoint(), "/readyz", 100ms);

  EXPECT_FALSE(answer.healthy);
  EXPECT_THAT(answer.text, EndsWith("no answer in time"));
  EXPECT_GE(std::chrono::steady_clock::now() - started, 100ms);
}

TEST_F(HealthQuery, AnswersOfStrangersAreNotHealthyAndStayOnOneLine) {
  EXPECT_FALSE(ask_a_stranger("SSH-2.0-OpenSSH\r\n").healthy);
  EXPECT_FALSE(ask_a_stranger("").healthy);
  EXPECT_FALSE(ask_a_stranger("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n").healthy);
  EXPECT_FALSE(ask_a_stranger("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").healthy);
  auto const odd = ask_a_stranger("HTTP/1.1 404 No\r\nContent-Length: 7\r\n\r\na\nb\x1b[0m");

  EXPECT_FALSE(odd.healthy);
  EXPECT_THAT(odd.text, EndsWith(": 404 a b [0m"));
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The native protocol over real sockets, on one core and on two: what a client of another hand
// needs to see (docs/protocol/native.md).
#include "tests/integration/tracker.hpp"
#include "tests/support/ws_client.hpp"

#include <csignal>
#include <deque>
#include <string>
#include <vector>

namespace waggle::test {
namespace {

/// A client that keeps what it hears.
class native_client {
 public:
  explicit native_client(endpoint const& at, std::string const& protocols = "waggle.v1")
      : socket_(ws_client::connect(at, {.headers = {{"Sec-WebSocket-Protocol", protocols}}})) {}

  void say(json const& message) { socket_.send_text(message.dump()); }
  /// The next message of this kind; others are kept.
  json hear(std::string const& t) {
    for (std::size_t at = 0;; ++at) {
      if (at == heard_.size()) heard_.push_back(json::parse(socket_.receive_text()));
      if (heard_[at]["t"] != t) continue;
      auto found = heard_[at];
      heard_.erase(heard_.begin() + static_cast<std::ptrdiff_t>(at));
      return found;
    }
  }
  /// All that has come, up to the answer to a ping.
  std::vector<json> all() {
    say({{"t", "ping"}, {"i", 1}});
    hear("pong");
    std::vector<json> found{heard_.begin(), heard_.end()};
    heard_.clear();
    return found;
  }
  json greet(json hello = json::object()) {
    hello["t"] = "hello";
    say(hello);
    return hear("welcome");
  }
  json join(int handle, std::string const& swarm) {
    say({{"t", "join"}, {"s", handle}, {"swarm", swarm}});
    return hear("joined");
  }
  ws_client& socket() { return socket_; }

 private:
  ws_client socket_;
  std::deque<json> heard_;
};

class Native : public CoresTest {};

TEST_P(Native, TwoPeersAreMatchedAndExchangeWords) {
  tracker server{cores()};
  // Swarms and sessions lie on different cores in some of these.
  for (int each = 0; each < 8; ++each) {
    auto const swarm = "movie " + std::to_string(each);
    native_client one{server.plain()};
    native_client two{server.plain()};
    one.greet();
    two.greet();
    EXPECT_EQ(one.join(1, swarm)["n"], 1);
    EXPECT_EQ(two.join(2, swarm)["n"], 2);
    auto const here = one.hear("match");
    auto const there = two.hear("match");
    ASSERT_EQ(here["c"], there["c"]);
    bool const first = here["init"].get<bool>();
    auto& from = first ? one : two;
    auto& to = first ? two : one;
    int const from_handle = first ? 1 : 2;
    int const to_handle = first ? 2 : 1;

    from.say({{"t", "offer"}, {"s", from_handle}, {"c", here["c"]}, {"d", {{"u", "ä"}}}});
    auto const offer = to.hear("offer");
    EXPECT_EQ(offer["s"], to_handle);
    EXPECT_EQ(offer["d"]["u"], "ä");
    to.say({{"t", "answer"}, {"s", to_handle}, {"c", here["c"]}, {"d", {{"u", "b"}}}});
    EXPECT_EQ(from.hear("answer")["d"]["u"], "b");
    to.say({{"t", "ice"}, {"s", to_handle}, {"c", here["c"]}, {"d", {"x"}}});
    EXPECT_EQ(from.hear("ice")["d"][0], "x");
    from.say({{"t", "link"}, {"s", from_handle}, {"c", here["c"]}, {"ok", true}, {"ms", 5}});
    from.say({{"t", "drop"}, {"s", from_handle}, {"c", here["c"]}});
    EXPECT_EQ(to.hear("drop")["why"], "closed");
  }
  EXPECT_EQ(server.metric("waggle_native_links_opened_total"), 8);
  EXPECT_EQ(server.metric("waggle_native_links_ended_total"), 8);
}

TEST_P(Native, SessionIsResumedOverAnotherConnection) {
  tracker server{cores()};
  for (int each = 0; each < 8; ++each) {
    auto const swarm = "movie " + std::to_string(each);
    native_client neighbour{server.plain()};
    neighbour.greet();
    neighbour.join(1, swarm);
    json welcome;
    json match;
    {
      native_client lost{server.plain()};
      welcome = lost.greet();
      lost.join(7, swarm);
      match = lost.hear("match");
      neighbour.hear("match");
      lost.socket().transport().reset();
    }

    native_client back{server.plain()};
    auto const again = back.greet({{"resume", welcome["resume"]}});

    EXPECT_EQ(again["resumed"], true);
    EXPECT_EQ(again["id"], welcome["id"]);
    auto const joined = back.hear("joined");
    EXPECT_EQ(joined["s"], 7);
    EXPECT_EQ(joined["links"], json::array({match["c"]}));
    EXPECT_TRUE(neighbour.all().empty());
    // And words find it.
    neighbour.say({{"t", "ice"}, {"s", 1}, {"c", match["c"]}, {"d", {"x"}}});
    EXPECT_EQ(back.hear("ice")["s"], 7);
  }
  EXPECT_EQ(server.metric("waggle_native_resumes_total"), 8);
}

TEST_P(Native, ConnectionThatHangsIsTakenOver) {
  tracker server{cores()};
  native_client hanging{server.plain()};
  auto const welcome = hanging.greet();
  hanging.join(1, "movie");

  native_client back{server.plain()};
  EXPECT_EQ(back.greet({{"resume", welcome["resume"]}})["resumed"], true);
  EXPECT_EQ(back.hear("joined")["n"], 1);

  EXPECT_EQ(hanging.socket().await_end().code, 4311);
}

TEST_P(Native, SeatEndsWithItsGrace) {
  tracker server{cores({"native.grace=200ms"})};
  native_client neighbour{server.plain()};
  neighbour.greet();
  neighbour.join(1, "movie");
  {
    native_client lost{server.plain()};
    lost.greet();
    lost.join(1, "movie");
    lost.hear("match");
    lost.socket().transport().reset();
  }

  EXPECT_EQ(neighbour.hear("gone")["s"], 1);

  EXPECT_EQ(server.metric("waggle_native_peers"), 1);
  EXPECT_EQ(server.metric("waggle_native_seats"), 0);
}

TEST_P(Native, ClosedPageIsGoneAtOnce) {
  tracker server{cores()};
  native_client neighbour{server.plain()};
  neighbour.greet();
  neighbour.join(1, "movie");
  native_client page{server.plain()};
  page.greet();
  page.join(1, "movie");
  page.hear("match");

  page.socket().send_close(1001);

  EXPECT_EQ(neighbour.hear("gone")["s"], 1);
}

INSTANTIATE_TEST_SUITE_P(Cores, Native, testing::Values(1U, 2U));

TEST(NativeVersion, UnknownOneIsEchoedAndClosed) {
  tracker server;
  native_client later{server.plain(), "chat, waggle.v7, waggle.v8"};

  auto const end = later.socket().await_end();

  EXPECT_EQ(end.code, 4506);
}

/// What the server answers to a client that offers these subprotocols.
std::string agreed(tracker const& server, std::string const& protocols) {
  auto line = stream::connect(server.plain());
  line.send(upgrade_request(server.plain(), {.headers = {{"Sec-WebSocket-Protocol", protocols}}}));
  auto const answer = read_response(line);
  EXPECT_EQ(answer.status, 101);
  return answer.header("sec-websocket-protocol");
}

TEST(NativeVersion, IsTheOneThatBothSpeak) {
  tracker const server;

  EXPECT_EQ(agreed(server, "waggle.v1"), "waggle.v1");
  EXPECT_EQ(agreed(server, "waggle.v2 , waggle.v1, chat"), "waggle.v1");
  EXPECT_EQ(agreed(server, "chat"), "");
}

TEST(NativeVersion, IsOffWhereTheOperatorSaysSo) {
  tracker const server{{.settings = {"native.enabled=false"}}};

  EXPECT_EQ(agreed(server, "waggle.v1"), "");
}

TEST(NativeDrain, ClientsAreToldWhenToComeBack) {
  tracker server{{.arguments = {"--drain-seconds", "1"}}};
  native_client one{server.plain()};
  one.greet();

  server.process().signal(SIGTERM);

  auto const away = one.hear("away");
  EXPECT_EQ(away["after"], 1);
  EXPECT_GE(away["spread"], 1);
  EXPECT_EQ(one.socket().await_end().code, 1001);
}

TEST(NativeOperators, SeeSwarmsAndPeers) {
  tracker server;
  native_client one{server.plain()};
  one.greet();
  one.join(1, "movie");

  EXPECT_EQ(server.metric("waggle_native_peers"), 1);
  EXPECT_EQ(server.metric("waggle_swarms"), 1);
  EXPECT_EQ(server.metric("waggle_peers"), 1);
}

}  // namespace
}  // namespace waggle::test

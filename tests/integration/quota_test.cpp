// SPDX-License-Identifier: Apache-2.0
// What one connection may say: who says more is not read from for a while and has to go in the end,
// and whoever keeps to it notices nothing.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

std::string repeated(std::string const& what, std::size_t times) {
  std::string all;
  while (times-- > 0) all += what;
  return all;
}

/// 100 messages at once and 200 a second, or 64 KiB at once and as many a second.
std::vector<std::string> narrow() {
  return {"session.message_burst=100", "session.messages_per_second=200",
          "session.byte_burst=64KiB", "session.bytes_per_second=65536",
          "session.over_quota_max=1s"};
}

class Quota : public CoresTest {
 protected:
  static int closed(tracker const& server, char const* reason) {
    return server.stats().at("counters").at("waggle_connections_closed_total").at(reason);
  }

  /// Sends the same without end, and reads what comes, until it is closed.
  static ending flood(ws_client& client, std::string const& some) {
    deadline const until{patience};
    while (!client.tcp_closed() && !until.passed()) {
      static_cast<void>(client.transport().send(some, 50ms));  // it need not take all
      client.pump();
    }
    return client.await_end();
  }
};

TEST_P(Quota, AFloodOfMessagesIsHeldBackAndClosedInTheEnd) {
  tracker server{cores(narrow())};
  tracker_client honest{server.plain()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  auto client = ws_client::connect(server.plain());
  client.send_bytes(repeated(encode({.payload = "{}"}), 1'000));

  ASSERT_TRUE(eventually([&] { return server.metric("waggle_quota_pauses_total") > 0; }));
  EXPECT_LT(server.metric("waggle_messages_received_total"), 500);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(honest.announce({.swarm = swarm, .peer = peer, .event = ""}).number("incomplete"), 1);
  }
  flood(client, repeated(encode({.payload = "{}"}), 1'000));

  EXPECT_TRUE(client.tcp_closed());
  EXPECT_TRUE(eventually([&] { return closed(server, "rate_limited") == 1; }));
  EXPECT_EQ(server.metric("waggle_sessions_over_quota"), 0);
  EXPECT_FALSE(honest.socket().tcp_closed());
}

TEST_P(Quota, AFloodOfBytesIsHeldBack) {
  auto settings = narrow();
  settings.back() = "session.over_quota_max=1m";
  tracker server{cores(std::move(settings))};
  auto client = ws_client::connect(server.plain());
  auto const before = std::chrono::steady_clock::now();

  client.send_bytes(repeated(encode({.payload = std::string(60'000, ' ')}), 3));
  for (int i = 0; i < 3; ++i) EXPECT_NE(client.receive_text(), "");

  auto const took = std::chrono::steady_clock::now() - before;
  EXPECT_GT(took, 1s) << "180 KB are 116 KB more than a burst";
  EXPECT_GT(server.metric("waggle_quota_pauses_total"), 0);
}

TEST_P(Quota, AFloodOfPingsIsHeldBackAndClosedInTheEnd) {
  tracker server{cores(narrow())};
  auto client = ws_client::connect(server.plain());
  client.send_text("{}");

  flood(client, repeated(encode({.op = opcode::ping}), 1'000));

  EXPECT_TRUE(client.tcp_closed());
  EXPECT_TRUE(eventually([&] { return closed(server, "rate_limited") == 1; }));
}

TEST_P(Quota, WhoIsHeldBackHearsEverythingElse) {
  auto settings = narrow();
  settings.back() = "session.over_quota_max=1m";
  tracker server{cores(std::move(settings))};
  auto const swarm = fresh_swarm();
  tracker_client noisy{server.plain()};
  tracker_client other{server.plain()};
  noisy.announce({.swarm = swarm, .peer = fresh_peer()});

  noisy.socket().send_bytes(repeated(encode({.op = opcode::pong}), 400));
  ASSERT_TRUE(eventually([&] { return server.metric("waggle_quota_pauses_total") > 0; }));
  other.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("o", 1)});

  EXPECT_TRUE(noisy.receive().is_offer());
  EXPECT_EQ(noisy.announce({.swarm = swarm, .peer = fresh_peer()}).number("incomplete"), 3)
      << "and is read from again";
}

TEST_P(Quota, ASeederOf64TorrentsReconnectsAtFullSpeed) {
  tracker server{cores()};
  tracker_client seeder{server.plain()};
  auto const peer = fresh_peer();
  std::string all;
  for (int torrent = 0; torrent < 64; ++torrent) {
    auto offers = some_offers("o" + std::to_string(torrent), 10);
    for (auto& offer : offers) {
      offer.body = R"({"type":"offer","sdp":")" + std::string(480, 's') + "\"}";
    }
    all += encode({.payload = announce_message(
                       {.swarm = fresh_swarm(), .peer = peer, .left = 0, .offers = offers})});
  }
  ASSERT_GT(all.size(), 340'000U);

  seeder.socket().send_bytes(all);

  for (int torrent = 0; torrent < 64; ++torrent) EXPECT_TRUE(seeder.receive().is_reply());
  EXPECT_EQ(server.metric("waggle_quota_pauses_total"), 0);
}

TEST_P(Quota, TheFirstMessageMustComeInTime) {
  tracker server{cores({"session.first_message_deadline=300ms"})};
  auto mute = ws_client::connect(server.plain());
  tracker_client speaks{server.plain()};
  speaks.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  auto const end = mute.await_end();

  EXPECT_EQ(end.code, 4304);
  EXPECT_TRUE(eventually([&] { return closed(server, "no_message") == 1; }));
  EXPECT_FALSE(speaks.socket().tcp_closed());
}

WAGGLE_ON_ONE_AND_TWO_CORES(Quota);

}  // namespace
}  // namespace waggle::test

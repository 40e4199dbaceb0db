// SPDX-License-Identifier: Apache-2.0
// Clients that do not read, hardly write, or are not there any more.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

#include <algorithm>

namespace waggle::test {
namespace {

/// Sends byte by byte, and waits a little after each, until the server has had enough.
template <class Send, class IsOver>
bool drips(std::string const& bytes, Send send, IsOver is_over) {
  deadline const until{patience};
  for (std::size_t at = 0; !until.passed(); at = (at + 1) % bytes.size()) {
    if (!send(bytes.substr(at, 1)) || is_over()) return true;
  }
  return false;
}

// Defence: session.outbox_bytes_max: past it nothing is read from it, and then it counts as dead.
TEST(HostileReader, ThatAsksAndNeverReadsIsHeldAndClosed) {
  tracker server{
      besieged({"session.outbox_bytes_max=16KiB", "session.send_buffer_bytes=4KiB",
                "session.scrapes_max=64", "session.ping_after=200ms", "session.dead_after=1s"})};
  honest_swarm beside{server.plain()};
  auto attacker = ws_client::connect(server.plain());
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back(fresh_swarm());
  auto const some = repeated(encode({.payload = scrape_message(many)}), 10);
  double most = 0;

  EXPECT_TRUE(eventually([&] {
    static_cast<void>(attacker.transport().send(some, 20ms));  // it need not take all
    most = std::max(most, server.metric("waggle_outbox_memory_bytes"));
    return closed(server, "slow_reader") + closed(server, "dead") == 1;
  }));

  EXPECT_LT(most, 1e6);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: relays for who does not read are dropped; they are nobody else's trouble.
TEST(HostileReader, ThatLetsRelaysPileUpLosesThemAlone) {
  tracker server{besieged({"session.outbox_bytes_max=16KiB", "session.send_buffer_bytes=4KiB"})};
  honest_swarm beside{server.plain()};
  auto const swarm = fresh_swarm();
  tracker_client attacker{server.plain()};
  tracker_client other{server.plain()};
  attacker.announce({.swarm = swarm, .peer = fresh_peer()});
  auto const peer = fresh_peer();
  auto offers = some_offers("big", 5);
  for (auto& offer : offers) {
    offer.body = R"({"type":"offer","sdp":"v=0)" + std::string(8'000, 's') + "\"}";
  }

  EXPECT_TRUE(eventually([&] {
    other.announce({.swarm = swarm, .peer = peer, .event = "", .offers = offers});
    return counted(server, "waggle_deliveries_shed_total", "outbox_full") > 0 ||
           closed(server, "slow_reader") > 0;
  }));

  EXPECT_LT(server.metric("waggle_outbox_memory_bytes"), 1e6);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: network.setup_deadline covers the whole handshake, however much of it has come.
TEST(HostileWriter, OfAHandshakeIsGivenUp) {
  tracker server{besieged({"network.setup_deadline=500ms"})};
  honest_swarm const beside{server.plain()};
  auto mute = stream::connect(server.plain());
  auto half = stream::connect(server.plain());
  half.send("GET / HTTP/1.1\r\nHost: x\r\n");
  auto slow = stream::connect(server.plain());
  slow.send("GET / HTTP/1.1\r\n");

  std::string ignored;
  EXPECT_TRUE(drips(
      "X-Slow: loris\r\n", [&](std::string const& byte) { return slow.send(byte); },
      [&] { return slow.read(ignored, 20ms) == stream::read_result::closed; }));

  EXPECT_TRUE(mute.closes());
  EXPECT_TRUE(half.closes());
  EXPECT_TRUE(eventually(
      [&] { return counted(server, "waggle_handshakes_failed_total", "timeout") == 3; }));
}

// Defence: session.message_deadline, from a message's first byte.
TEST(HostileWriter, OfAMessageIsClosed) {
  tracker server{besieged({"session.message_deadline=500ms"})};
  honest_swarm const beside{server.plain()};
  auto attacker = ws_client::connect(server.plain());
  // Binary: what follows is masked by nobody, and would be no text.
  attacker.send_bytes(
      encode({.op = opcode::binary, .payload = std::string(10'000, 'x')}).substr(0, 14));

  EXPECT_TRUE(drips(
      "x", [&](std::string const& byte) { return attacker.send_bytes(byte); },
      [&] {
        static_cast<void>(attacker.receive(20ms));
        return attacker.tcp_closed();
      }));

  EXPECT_TRUE(eventually([&] { return closed(server, "message_deadline") == 1; }));
}

// Defence: session.first_message_deadline.
TEST(HostileWriter, ThatNeverSaysAnythingIsClosed) {
  tracker server{besieged({"session.first_message_deadline=300ms"})};
  honest_swarm const beside{server.plain()};
  auto mute = ws_client::connect(server.plain());
  auto pinging = ws_client::connect(server.plain());
  pinging.send({.op = opcode::ping});

  EXPECT_EQ(mute.await_end().code, 4304);
  EXPECT_EQ(pinging.await_end().code, 4304) << "a ping is no message";
  EXPECT_TRUE(eventually([&] { return closed(server, "no_message") == 2; }));
}

// Defence: session.partial_bytes_total_max, for all incomplete messages together.
TEST(HostileWriter, ManyHalfMessagesAreHeldToABudget) {
  tracker server{besieged({"session.partial_bytes_total_max=64KiB"})};
  honest_swarm beside{server.plain()};
  auto const half = encode({.payload = std::string(65'000, ' ')}).substr(0, 60'000);
  std::vector<ws_client> attackers;
  for (int i = 0; i < 20; ++i) attackers.push_back(ws_client::connect(server.plain()));

  for (auto& attacker : attackers) attacker.send_bytes(half);

  EXPECT_TRUE(eventually([&] { return closed(server, "partial_budget") >= 10; }));
  EXPECT_LT(server.metric("waggle_partial_bytes"), 1e6);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: pings after silence, and session.dead_after.
TEST(HostileWriter, ThatIsNotThereAnyMoreIsGivenUp) {
  tracker server{besieged({"session.ping_after=200ms", "session.dead_after=600ms"})};
  honest_swarm const beside{server.plain()};
  auto const swarm = fresh_swarm();
  tracker_client gone{server.plain()};
  gone.announce({.swarm = swarm, .peer = fresh_peer()});

  // Nobody serves its socket from here on, as if the machine had lost its network.
  EXPECT_TRUE(eventually([&] { return server.peers_of(swarm) == 0; }));
  EXPECT_TRUE(eventually([&] { return closed(server, "dead") == 1; }));
}

// Defence: session.close_deadline; who ends its sending direction holds nothing either.
TEST(HostileWriter, ThatNeverAnswersTheCloseIsCutOff) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  auto half_open = ws_client::connect(server.plain());
  half_open.transport().shut_down();
  auto silent = ws_client::connect(server.plain());
  silent.send({.op = opcode::continuation});  // a protocol error

  EXPECT_TRUE(half_open.transport().closes());
  EXPECT_TRUE(silent.transport().closes());
  EXPECT_TRUE(eventually([&] { return server.stats().at("connections") == 2; }));
}

}  // namespace
}  // namespace waggle::test

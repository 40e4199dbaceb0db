// SPDX-License-Identifier: Apache-2.0
// A real server one of whose two cores is stopped by a debugger's means while clients send 100,000
// joins and leaves: the other core serves its own clients, memory stays bounded, and the counts are
// exact once the core goes on.
#include "tests/integration/tracker.hpp"
#include "tests/support/halted_thread.hpp"

#include <deque>
#include <fstream>
#include <string>
#include <thread>

namespace waggle::test {
namespace {

constexpr std::size_t held_clients = 200;
constexpr std::size_t messages_each = 500;

class HaltedCore : public testing::Test {
 protected:
  [[nodiscard]] std::string metrics() const {
    return http_get(server.process().internal(), "/metrics").body;
  }
  [[nodiscard]] double connections_on_first() {
    return metric_sum(metrics(), R"(waggle_connections{core="0"})");
  }

  /// A client of the first core; what chance puts on the other core is closed again.
  tracker_client connect_to_first() {
    for (int attempt = 0; attempt < 100; ++attempt) {
      auto const before = connections_on_first();
      tracker_client client{server.plain()};
      if (eventually([&] { return connections_on_first() == before + 1; }, 200ms)) return client;
    }
    throw std::runtime_error("every connection is on the second core");
  }

  /// A swarm that `client` reaches on its own core, or one that it does not.
  std::string swarm_of(tracker_client& client, bool own_core) {
    for (;;) {
      auto const swarm = fresh_swarm();
      auto const before = server.metric("waggle_mailbox_messages_crossed_total");
      client.announce({.swarm = swarm, .peer = fresh_peer()});
      auto const crossed = server.metric("waggle_mailbox_messages_crossed_total") != before;
      if (crossed != own_core) return swarm;
    }
  }

  [[nodiscard]] std::size_t resident_kib() {
    std::ifstream status{"/proc/" + std::to_string(server.process().pid()) + "/status"};
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    }
    return 0;
  }

  mutable tracker server{{.cores = 2, .settings = {"mailbox.relay_bytes_max=64KiB"}}};
};

TEST_F(HaltedCore, LosesNoJoinOrLeaveAndDisturbsNobodyElse) {
  auto neighbour = connect_to_first();
  auto const here = swarm_of(neighbour, /*own_core=*/true);
  auto const there = swarm_of(neighbour, /*own_core=*/false);
  std::deque<tracker_client> all;
  while (all.size() < held_clients) all.emplace_back(server.plain());
  neighbour.announce({.swarm = here, .peer = fresh_peer()});
  auto const peers_before = server.stats().at("peers").get<std::size_t>();
  auto const resident_before = resident_kib();

  halted_thread second{threads_of(server.process().pid()).back()};
  if (!second.halted()) GTEST_SKIP() << "this system does not let us trace our children";
  for (auto& client : all) {
    std::string burst;
    for (std::size_t i = 0; i < messages_each / 2; ++i) {
      auto const peer = fresh_peer();
      burst += encode({.payload = announce_message({.swarm = there, .peer = peer})});
      if (i + 1 == messages_each / 2) break;  // the last one stays
      burst +=
          encode({.payload = announce_message({.swarm = there, .peer = peer, .event = "stopped"})});
    }
    ASSERT_TRUE(client.socket().send_bytes(burst));
  }
  for (int round = 0; round < 50; ++round) {
    auto const reply = neighbour.announce({.swarm = here, .peer = fresh_peer(), .event = ""});
    EXPECT_GE(reply.number("incomplete"), 2 + round);
  }
  EXPECT_LE(resident_kib(), resident_before + 32 * 1024);
  RecordProperty("resident_kib_before", std::to_string(resident_before));
  RecordProperty("resident_kib_halted", std::to_string(resident_kib()));
  second.end();

  auto const expected = peers_before + held_clients + 50;
  EXPECT_TRUE(
      pump_until(all, [&] { return server.stats().at("peers").get<std::size_t>() == expected; }))
      << server.stats().at("peers") << " instead of " << expected;
  EXPECT_EQ(server.peers_of(there), static_cast<int>(held_clients) + 1);
  EXPECT_GT(server.metric("waggle_mailbox_coalesced_total"), 0);
  EXPECT_EQ(server.metric("waggle_mailbox_pending"), 0);
  EXPECT_EQ(server.metric("waggle_sessions_held"), 0);
  all.clear();
  EXPECT_TRUE(eventually([&] { return server.peers_of(there) == 1; }));
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// SIGTERM and SIGINT: clients hear code 1001, the exit code is 0.
#include "tests/integration/tracker.hpp"

#include <signal.h>

namespace waggle::test {
namespace {

class Shutdown : public CoresTest {};

TEST_P(Shutdown, ClosesEveryConnectionWith1001AndExitsWith0) {
  tracker server{cores()};
  std::vector<tracker_client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(server.plain());
    clients.back().announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
  }

  server.process().signal(SIGTERM);

  for (auto& client : clients) {
    auto const end = client.socket().await_end();
    EXPECT_EQ(end.code, 1001);
    EXPECT_TRUE(end.tcp_closed);
  }
  EXPECT_EQ(server.process().wait(patience), 0);
}

TEST_P(Shutdown, DoesNotWaitForClientsThatDoNotAnswer) {
  tracker server{cores({"session.close_deadline=300ms"})};
  std::vector<tracker_client> frozen;
  for (int i = 0; i < 5; ++i) {
    frozen.emplace_back(server.plain());
    frozen.back().announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
  }
  auto half = stream::connect(server.plain());
  half.send("GET / HTTP/1.1\r\n");

  EXPECT_EQ(server.process().stop(), 0);
}

TEST_P(Shutdown, WorksWithoutConnections) {
  tracker server{cores()};

  EXPECT_EQ(server.process().stop(), 0);
}

TEST_P(Shutdown, InterruptDoesTheSame) {
  tracker server{cores()};
  tracker_client client{server.plain()};

  server.process().signal(SIGINT);

  EXPECT_EQ(client.socket().await_end().code, 1001);
  EXPECT_EQ(server.process().wait(patience), 0);
}

WAGGLE_ON_ONE_AND_TWO_CORES(Shutdown);

}  // namespace
}  // namespace waggle::test

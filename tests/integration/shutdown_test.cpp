// SPDX-License-Identifier: Apache-2.0
// SIGTERM and SIGINT: not ready any more, clients hear code 1001 one after the other, the exit code
// is 0.
#include "tests/integration/admin_client.hpp"
#include "tests/integration/tracker.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <exception>

namespace waggle::test {
namespace {

class Shutdown : public CoresTest {};

/// Every core has heard of the end, and not only the control loop: none of them listens any more.
bool listens_no_more(endpoint const& at) {
  return eventually([&] {
    try {
      stream::connect(at);
      return false;
    } catch (std::exception const&) {
      return true;
    }
  });
}

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

/// The server is not ready and says why.
void expect_draining(tracker& server) {
  auto const page = http_get(server.process().internal(), "/readyz");
  EXPECT_EQ(page.status, 503);
  EXPECT_THAT(json::parse(page.body).value("detail", ""), testing::HasSubstr("draining"));
  EXPECT_EQ(server.metric("waggle_ready"), 0);
}

TEST_P(Shutdown, SpreadsTheClosesOverTheWindowAndRelaysMeanwhile) {
  constexpr std::size_t count = 40;
  tracker server{cores({"network.drain_seconds=2"})};
  auto const swarm = fresh_swarm();
  std::vector<tracker_client> clients;
  std::vector<std::string> peers;
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(server.plain());
    peers.push_back(fresh_peer());
    clients.back().announce({.swarm = swarm, .peer = peers.back()});
  }
  auto const begin = std::chrono::steady_clock::now();
  auto const elapsed = [&] { return std::chrono::steady_clock::now() - begin; };

  server.process().signal(SIGTERM);

  auto const gone = [&] {
    return static_cast<std::size_t>(
        std::ranges::count_if(clients, [](auto& client) { return client.socket().tcp_closed(); }));
  };
  ASSERT_TRUE(pump_until(clients, [&] { return gone() >= 1; }));
  EXPECT_LT(gone(), count / 2) << "all at once";
  expect_draining(server);
  EXPECT_THROW(tracker_client{server.plain()}, std::exception) << "nobody else is let in";
  // Whoever is left is served as before: one that offers, all others that hear of it.
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < count; ++i)
    if (!clients[i].socket().tcp_closed()) left.push_back(i);
  clients[left.back()].send(announce_message(
      {.swarm = swarm, .peer = peers[left.back()], .event = "", .offers = some_offers("o", 10)}));
  std::size_t heard = 0;
  EXPECT_TRUE(pump_until(clients, [&] {
    for (auto const i : left) {
      while (auto const got = clients[i].socket().receive(milliseconds{0}))
        heard += got->payload.find(R"("offer":)") != std::string::npos ? 1U : 0U;
    }
    return heard > 0;
  }));
  EXPECT_LT(elapsed(), 2s) << "too late to tell";
  for (auto& client : clients) {
    if (client.socket().tcp_closed()) continue;
    EXPECT_EQ(client.socket().await_end().code, 1001);
  }
  EXPECT_GT(elapsed(), 1s) << "the last one goes at the end of the window";
  EXPECT_EQ(server.process().wait(patience), 0);
}

TEST_P(Shutdown, IsNotReadyBeforeTheFirstCloseArrives) {
  tracker server{cores({"network.drain_seconds=2"})};
  std::vector<tracker_client> clients;
  for (int i = 0; i < 10; ++i) clients.emplace_back(server.plain());
  EXPECT_EQ(http_get(server.process().internal(), "/readyz").status, 200);

  server.process().signal(SIGTERM);

  EXPECT_TRUE(pump_until(clients, [&] {
    return std::ranges::any_of(clients, [](auto& one) { return one.socket().tcp_closed(); });
  }));
  expect_draining(server);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(patience), 0);
}

TEST_P(Shutdown, ByTheAdminApiDoesTheSameAndIsWrittenDown) {
  tracker server{cores({"network.drain_seconds=3600"})};
  std::vector<tracker_client> clients;
  for (int i = 0; i < 10; ++i) clients.emplace_back(server.plain());
  admin_client const admin{server.process().internal()};

  EXPECT_EQ(admin.post("drain", {{"window_seconds", 2}}).status, 202);

  expect_draining(server);
  auto const audit = admin.get("audit").at("items");
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].at("action"), "drain");
  EXPECT_EQ(audit[0].at("detail"), "window_seconds=2");
  EXPECT_EQ(audit[0].at("actor"), "loopback");
  EXPECT_EQ(audit[0].at("ok"), true);
  for (auto& client : clients) EXPECT_EQ(client.socket().await_end().code, 1001);
  EXPECT_EQ(server.process().wait(patience), 0);
}

TEST_P(Shutdown, ASecondSignalEndsItAtOnce) {
  tracker server{cores({"network.drain_seconds=3600"})};
  tracker_client client{server.plain()};
  server.process().signal(SIGTERM);
  ASSERT_TRUE(
      eventually([&] { return http_get(server.process().internal(), "/readyz").status == 503; }));

  server.process().signal(SIGTERM);

  EXPECT_EQ(client.socket().await_end().code, 1001);
  EXPECT_EQ(server.process().wait(patience), 0);
}

TEST_P(Shutdown, DoesNotWaitForAWindowThatNobodyNeeds) {
  tracker server{cores({"network.drain_seconds=3600"})};

  EXPECT_EQ(server.process().stop(), 0);
}

TEST_P(Shutdown, ServesWhoeverWaitsToBeAcceptedAndTellsHimToGo) {
  tracker server{cores({"network.drain_seconds=3600"})};
  tracker_client holds_it_open{server.plain()};
  auto late = stream::connect(server.plain());
  server.process().signal(SIGTERM);
  ASSERT_TRUE(listens_no_more(server.plain()));

  late.send(upgrade_request(server.plain()));

  std::string rest;
  ASSERT_EQ(read_response(late, &rest).status, 101);
  ws_client client{std::move(late), rest};
  EXPECT_EQ(client.await_end().code, 1001);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(patience), 0);
}

TEST_P(Shutdown, SaysSoOnThePublicHealthPageToo) {
  tracker server{cores({"network.drain_seconds=3600"})};
  tracker_client holds_it_open{server.plain()};
  auto late = stream::connect(server.plain());
  server.process().signal(SIGTERM);
  ASSERT_TRUE(listens_no_more(server.plain()));

  late.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(read_response(late).status, 503);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(patience), 0);
}

WAGGLE_ON_ONE_AND_TWO_CORES(Shutdown);

}  // namespace
}  // namespace waggle::test

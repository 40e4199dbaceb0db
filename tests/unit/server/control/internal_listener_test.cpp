// SPDX-License-Identifier: Apache-2.0
// Opening, closing and the pages of the internal listener over loopback sockets.
#include "server/control/internal_listener.hpp"

#include "tests/unit/server/control/fixture.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace waggle {
namespace {

namespace asio = net::asio;

struct InternalListener : test::listening {};

TEST_F(InternalListener, MetricsAreThePrometheusText) {
  view_.cores = {{.core = 0, .peers = 4}, {.core = 1, .peers = 6}};
  view_.cores[1].counters.add(counter::mailbox_relays_crossed, 9);
  open();

  auto const answer = get("/metrics");

  EXPECT_EQ(answer.status, 200U);
  EXPECT_NE(answer.head.find("Content-Type: text/plain; version=0.0.4"), std::string::npos);
  EXPECT_NE(answer.body.find("\nwaggle_peers 10\n"), std::string::npos);
  EXPECT_NE(answer.body.find("\nwaggle_mailbox_relays_crossed_total 9\n"), std::string::npos);
  EXPECT_NE(answer.body.find("waggle_build_info{version=\"1.2.3\"} 1\n"), std::string::npos);
}

TEST_F(InternalListener, ReadinessIsTheViewsWithItsDetail) {
  open();

  auto const before = get("/readyz");
  view_.state = {false, "draining \xff"};
  auto const after = get("/readyz");

  EXPECT_EQ(before.status, 200U);
  EXPECT_TRUE(nlohmann::json::parse(before.body).at("ready").get<bool>());
  EXPECT_EQ(after.status, 503U);
  EXPECT_FALSE(nlohmann::json::parse(after.body).at("ready").get<bool>());
  EXPECT_EQ(get("/healthz").status, 200U);  // alive all the same
}

TEST_F(InternalListener, StatsAreTheTotals) {
  view_.cores = {{.core = 0, .connections = 2, .peers = 3}, {.core = 1, .connections = 5}};
  open();

  auto const answer = get("/stats.json");

  ASSERT_EQ(answer.status, 200U);
  EXPECT_NE(answer.head.find("application/json"), std::string::npos);
  auto const stats = nlohmann::json::parse(answer.body);
  EXPECT_EQ(stats.at("connections"), 7);
  EXPECT_EQ(stats.at("peers"), 3);
  EXPECT_EQ(stats.at("version"), "1.2.3");
}

TEST_F(InternalListener, StatsOfOneSwarmAreItsCounts) {
  view_.counts = {.complete = 2, .incomplete = 5};
  open();

  auto const answer = get("/stats.json?x=1&info_hash=00112233445566778899aAbBcCdDeEfF00112233");

  ASSERT_EQ(answer.status, 200U);
  auto const swarm = nlohmann::json::parse(answer.body);
  EXPECT_EQ(swarm.at("info_hash"), "00112233445566778899aabbccddeeff00112233");
  EXPECT_EQ(swarm.at("complete"), 2);
  EXPECT_EQ(swarm.at("incomplete"), 5);
  EXPECT_EQ(swarm.at("peers"), 7);
  EXPECT_EQ(swarm.at("seeders"), 2);
  ASSERT_EQ(view_.asked.size(), 1U);
  EXPECT_EQ(view_.asked[0].value[1], 0x11);
  EXPECT_EQ(view_.asked[0].value[15], 0xFF);
}

TEST_F(InternalListener, MalformedHashIs400WithAnError) {
  open();

  for (std::string const hash : {"", "00", "0011223344556677889900112233445566778899ff",
                                 "g011223344556677889900112233445566778899", "%00%01"}) {
    auto const answer = get("/stats.json?info_hash=" + hash);
    EXPECT_EQ(answer.status, 400U) << hash;
    EXPECT_EQ(nlohmann::json::parse(answer.body).at("error"), "info_hash must be 40 hex digits");
  }
  EXPECT_TRUE(view_.asked.empty());
}

TEST_F(InternalListener, CountsTheSessionsOfAnAddress) {
  open();
  view_.address = parse_ip_address("2001:db8:1:2::7").value();

  for (std::string const written : {"2001:db8:1:2::7", "2001%3Adb8%3a1:2::7"}) {
    auto const answer = get("/stats.json?address=" + written);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "{\"address\":\"2001:db8:1:2::/64\",\"connections\":3}\n");
  }
  EXPECT_EQ(get("/stats.json?address=203.0.113.7").body,
            "{\"address\":\"203.0.113.7\",\"connections\":0}\n");
  for (std::string const wrong : {"", "x", "2001:db8", "1.2.3.4%3", "10.0.0.0/8"}) {
    auto const answer = get("/stats.json?address=" + wrong);
    EXPECT_EQ(answer.status, 400U) << wrong;
  }
}

TEST_F(InternalListener, TakenPortIsAnErrorThatNamesTheAddress) {
  open();
  auto const taken = listener_->local_endpoint();

  auto const second = internal_listener::open(*loop_, taken, {.view = view_, .version = ""});

  ASSERT_TRUE(second.has_error());
  EXPECT_EQ(second.error().code, asio::error::address_in_use);
  EXPECT_EQ(second.error().text, "cannot listen on 127.0.0.1:" + std::to_string(taken.port()) +
                                     ": Address already in use");
}

TEST_F(InternalListener, ForeignAddressIsAnErrorThatNamesIt) {
  auto const opened = internal_listener::open(*loop_, {asio::ip::make_address("192.0.2.1"), 8001},
                                              {.view = view_, .version = ""});

  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().text,
            "cannot listen on 192.0.2.1:8001: Cannot assign requested address");
}

TEST_F(InternalListener, ServesOverIpv6) {
  auto opened = internal_listener::open(*loop_, {asio::ip::make_address("::1"), 0},
                                        {.view = view_, .version = ""});
  if (opened.has_error()) GTEST_SKIP() << "no IPv6 here: " << opened.error().text;
  listener_ = std::move(*opened);

  EXPECT_EQ(get("/healthz").body, "ok");
  EXPECT_TRUE(address_text(listener_->local_endpoint()).starts_with("[::1]:"));
}

TEST_F(InternalListener, StopClosesEveryConnectionAndTheLoopRunsOut) {
  open();
  auto& idle = connect();
  auto& busy = connect();
  busy.get("/healthz");
  EXPECT_EQ(answer_to(busy).status, 200U);

  listener_->stop();
  listener_->stop();

  turn_until([&] { return idle.closed && busy.closed; });
  clients_.clear();
  loop_->restart();
  loop_->run();  // returns: nothing is left to wait for
}

}  // namespace
}  // namespace waggle

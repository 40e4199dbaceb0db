// SPDX-License-Identifier: Apache-2.0
// Quotas of client addresses and of the process, which newcomers meet at the handshake. Many
// addresses come by PROXY header from 127.0.0.0/8.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

std::string proxy_header(std::string const& client) {
  return "PROXY TCP4 " + client + " 10.0.0.1 4711 443\r\n";
}

class Admission : public CoresTest {
 protected:
  [[nodiscard]] tracker_options with_proxy(std::vector<std::string> settings) const {
    auto options = cores(std::move(settings));
    // Local addresses are exempt otherwise.
    options.arguments = {"--listen-proxy",     "127.0.0.1:0",
                         "--listen-tls-proxy", "127.0.0.1:0",
                         "--tls-cert",         certificate_.certificate_file(),
                         "--tls-key",          certificate_.key_file(),
                         "--trusted-proxies",  "127.0.0.0/8"};
    return options;
  }

  /// The answer to a handshake from that address; `keep` holds the connection.
  static http_response visit(tracker& server, std::string const& client,
                             std::vector<stream>& keep) {
    auto const at = server.process().proxy();
    keep.push_back(stream::connect(behind(at, proxy_header(client))));
    keep.back().send(upgrade_request(at));
    return read_response(keep.back());
  }

  static int count(tracker const& server, char const* family, char const* reason) {
    return server.stats().at("counters").at(family).at(reason);
  }
  static int refused(tracker const& server, char const* reason) {
    return count(server, "waggle_admissions_refused_total", reason);
  }
  static int over(tracker const& server, char const* reason) {
    return count(server, "waggle_admissions_over_quota_total", reason);
  }

 private:
  certificate certificate_;
};

TEST_P(Admission, CountsWhoIsOverTheQuotaOfItsAddressAndWarns) {
  tracker server{with_proxy({"quota.address_connections_max=3"})};
  std::vector<stream> here;

  for (int i = 0; i < 5; ++i) EXPECT_EQ(visit(server, "127.7.8.9", here).status, 101);
  for (int i = 1; i < 50; ++i) {
    EXPECT_EQ(visit(server, "127.9.0." + std::to_string(i), here).status, 101);
  }

  EXPECT_EQ(over(server, "address_connections"), 2);
  EXPECT_EQ(refused(server, "address_connections"), 0);
  EXPECT_TRUE(eventually([&] {
    return server.process().log().find("reason=address_connections network=127.7.8.0/24") !=
           std::string::npos;
  }));
  EXPECT_EQ(server.process().log().find("127.7.8.9"), std::string::npos) << "whose it is";
}

TEST_P(Admission, RefusesWhoIsOverTheQuotaOfItsAddressWhereThatIsEnforced) {
  tracker server{with_proxy({"quota.address_connections_max=3", "quota.address_enforce=true"})};
  std::vector<stream> here;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(visit(server, "127.7.8.9", here).status, 101);

  auto const late = visit(server, "127.7.8.9", here);

  EXPECT_EQ(late.status, 429);
  EXPECT_EQ(late.header("retry-after"), "60");
  EXPECT_EQ(late.body, "too many connections from this address\n");
  EXPECT_EQ(refused(server, "address_connections"), 1);
  EXPECT_EQ(visit(server, "127.7.8.10", here).status, 101);
  here.clear();
  EXPECT_TRUE(eventually([&] { return server.connections_of("127.7.8.9") == 0; }));
  EXPECT_EQ(visit(server, "127.7.8.9", here).status, 101) << "there is room again";
}

TEST_P(Admission, RefusesAStormFromOneAddressAlsoBeforeTls) {
  tracker server{
      with_proxy({"quota.address_connections_per_second=2", "quota.address_enforce=true"})};
  std::vector<stream> here;
  auto const storm = [&](std::string const& client) {
    int let_in = 0;
    for (int i = 0; i < 20; ++i) let_in += visit(server, client, here).status == 101 ? 1 : 0;
    return let_in;
  };
  // Of those that stay the connection's address is known as soon as its header is there.
  EXPECT_GE(storm("203.0.113.7"), 8);
  EXPECT_GT(refused(server, "address_rate"), 0);
  EXPECT_EQ(visit(server, "203.0.113.7", here).header("retry-after"), "10");

  auto tls = server.process().proxy_tls();
  tls.scheme = "ws";
  auto before_tls = stream::connect(behind(tls, proxy_header("203.0.113.7")));
  EXPECT_TRUE(before_tls.closes());
  auto other =
      ws_client::connect(behind(server.process().proxy_tls(), proxy_header("203.0.113.8")));
  EXPECT_FALSE(other.tcp_closed());
}

TEST_P(Admission, RefusesWhoseHandshakesKeepFailing) {
  tracker server{with_proxy({"quota.address_failures_per_minute=5", "quota.address_enforce=true"})};
  std::vector<stream> here;
  for (int i = 0; i < 5; ++i) {
    auto junk = stream::connect(behind(server.process().proxy(), proxy_header("203.0.113.7")));
    junk.send("\x16\x03\x01junk\r\n\r\n");
    EXPECT_EQ(read_response(junk).status, 400);
  }

  EXPECT_EQ(visit(server, "203.0.113.7", here).status, 429);
  EXPECT_EQ(refused(server, "address_failures"), 1);
  EXPECT_EQ(visit(server, "203.0.113.8", here).status, 101);
}

TEST_P(Admission, RefusesNewcomersOfAFullProcessAndGoesOnWithTheOthers) {
  tracker server{cores({"quota.connections_max=2"})};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client first{server.plain()};
  first.announce({.swarm = swarm, .peer = peer});
  {
    tracker_client second{server.plain()};
    auto third = stream::connect(server.plain());
    third.send(upgrade_request(server.plain()));
    auto const refusal = read_response(third);

    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.header("retry-after"), "30");
    EXPECT_EQ(refusal.body, "too many connections\n");
    EXPECT_EQ(refused(server, "connections"), 1);
    EXPECT_EQ(http_get(server.plain(), "/healthz").status, 200);
    EXPECT_EQ(first.announce({.swarm = swarm, .peer = peer, .event = ""}).number("incomplete"), 1);
  }

  ASSERT_TRUE(eventually([&] { return server.stats().at("connections") == 1; }));
  tracker_client again{server.plain()};
}

TEST_P(Admission, RefusesNewcomersWhileMemoryIsUsedUp) {
  tracker server{cores({"quota.memory_max=1MiB"})};
  auto late = stream::connect(server.plain());
  late.send(upgrade_request(server.plain()));

  auto const refusal = read_response(late);

  EXPECT_EQ(refusal.status, 503);
  EXPECT_EQ(refusal.body, "no memory for newcomers\n");
  EXPECT_EQ(refused(server, "memory"), 1);
}

TEST_P(Admission, InADryRunRefusesNobody) {
  tracker server{with_proxy({"quota.dry_run=true", "quota.address_enforce=true",
                             "quota.address_connections_max=1", "quota.memory_max=1MiB",
                             "quota.connections_max=1"})};
  std::vector<stream> here;

  for (int i = 0; i < 3; ++i) EXPECT_EQ(visit(server, "203.0.113.7", here).status, 101);

  EXPECT_EQ(over(server, "address_connections"), 2);
  EXPECT_EQ(over(server, "connections"), 2);
  EXPECT_EQ(over(server, "memory"), 3);
  EXPECT_EQ(refused(server, "memory"), 0);
}

WAGGLE_ON_ONE_AND_TWO_CORES(Admission);

}  // namespace
}  // namespace waggle::test

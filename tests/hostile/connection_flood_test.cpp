// SPDX-License-Identifier: Apache-2.0
// Floods of connections and handshakes, by one address, by many, and by such as claim to be others.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

namespace waggle::test {
namespace {

constexpr auto honest_address = "198.51.100.1";
constexpr auto hostile_address = "203.0.113.66";

// Defence: quota.address_connections_max where quota.address_enforce says so.
TEST(HostileConnections, OfOneAddressAreHeldToItsQuota) {
  tracker server{
      besieged_by_many({"quota.address_connections_max=20", "quota.address_enforce=true"})};
  honest_swarm const beside{coming_from(server, honest_address)};
  std::vector<ws_client> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.push_back(ws_client::connect(coming_from(server, hostile_address)));
  }

  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(handshake(coming_from(server, hostile_address)).status, 429);
  }

  EXPECT_EQ(refused(server, "address_connections"), 20);
  EXPECT_EQ(handshake(coming_from(server, "203.0.113.67")).status, 101) << "its neighbour";
}

// Defence: quota.address_connections_per_second.
TEST(HostileConnections, StormOfHandshakesOfOneAddressIsRefused) {
  tracker server{
      besieged_by_many({"quota.address_connections_per_second=2", "quota.address_enforce=true"})};
  honest_swarm const beside{coming_from(server, honest_address)};
  int let_in = 0;

  for (int i = 0; i < 60; ++i) {
    let_in += handshake(coming_from(server, hostile_address)).status == 101 ? 1 : 0;
  }

  EXPECT_LT(let_in, 50);
  EXPECT_GT(refused(server, "address_rate"), 0);
}

// Defence: quota.address_failures_per_minute.
TEST(HostileConnections, AddressWhoseHandshakesFailIsRefused) {
  tracker server{
      besieged_by_many({"quota.address_failures_per_minute=10", "quota.address_enforce=true"})};
  honest_swarm const beside{coming_from(server, honest_address)};
  for (int i = 0; i < 10; ++i) {
    auto junk = stream::connect(coming_from(server, hostile_address));
    junk.send("GET / HTTP/9.9\r\n\r\n");
    EXPECT_EQ(read_response(junk).status, 400);
  }

  EXPECT_EQ(handshake(coming_from(server, hostile_address)).status, 429);
  EXPECT_EQ(refused(server, "address_failures"), 1);
}

// Defence: quota.connections_max bounds what many addresses do together.
TEST(HostileConnections, OfManyAddressesAreHeldToWhatTheProcessMay) {
  tracker server{besieged_by_many({"quota.connections_max=102"})};
  honest_swarm beside{coming_from(server, honest_address)};
  std::vector<ws_client> crowd;
  for (int i = 0; i < 100; ++i) {
    crowd.push_back(ws_client::connect(coming_from(server, "127.66.1." + std::to_string(i))));
  }

  auto const late = handshake(coming_from(server, "127.66.2.1"));

  EXPECT_EQ(late.status, 503);
  EXPECT_NE(late.header("retry-after"), "");
  EXPECT_EQ(server.metric("waggle_client_addresses"), 101);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: what an address is remembered for is forgotten; the tables are bounded.
TEST(HostileConnections, OfThousandsOfAddressesLeaveNothingBehind) {
  tracker server{besieged_by_many({"quota.address_enforce=true"})};
  honest_swarm beside{coming_from(server, honest_address)};

  for (int i = 0; i < 2'000; ++i) {
    auto const address = "127.70." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    ASSERT_EQ(handshake(coming_from(server, address)).status, 101);
  }

  EXPECT_TRUE(eventually([&] { return server.metric("waggle_client_addresses") == 1; }));
  EXPECT_TRUE(beside.relays_on());
}

// Defence: quota.address_* of a network counts IPv6 by /64.
TEST(HostileConnections, OfOneIpv6NetworkAreOneAddress) {
  tracker server{
      besieged_by_many({"quota.address_connections_max=5", "quota.address_enforce=true"})};
  honest_swarm const beside{coming_from(server, honest_address)};
  auto const at = [&](int host) {
    return behind(server.process().proxy(),
                  "PROXY TCP6 2001:db8:1:2::" + std::to_string(host) + " 2001:db8::1 4711 443\r\n");
  };
  std::vector<ws_client> crowd;
  for (int i = 1; i <= 5; ++i) crowd.push_back(ws_client::connect(at(i)));

  EXPECT_EQ(handshake(at(6)).status, 429);
}

// Defence: request headers are read from trusted proxies only; find_client.
TEST(HostileConnections, ThatForgeProxyHeadersStayWhoTheyAre) {
  auto options = besieged();
  options.arguments = {"--trusted-proxies", "127.0.0.8/29"};
  tracker server{options};
  honest_swarm const beside{server.plain()};
  auto const forging = [&](int i) {
    auto const claimed = "198.51.100." + std::to_string(i);
    return ws_options{.headers = {{"X-Forwarded-For", claimed},
                                  {"Forwarded", "for=" + claimed},
                                  {"X-Real-IP", claimed},
                                  {"CF-Connecting-IP", claimed}}};
  };
  auto const stranger = from(server.plain(), "127.5.0.1");
  std::vector<ws_client> crowd;
  for (int i = 0; i < 20; ++i) crowd.push_back(ws_client::connect(stranger, forging(i)));

  EXPECT_EQ(server.connections_of("127.5.0.1"), 20);
  EXPECT_EQ(server.connections_of("198.51.100.1"), 0);
}

// Defence: of what a trusted proxy passes on, only what stands right of the last stranger counts.
TEST(HostileConnections, ThatForgeAChainBehindAProxyDoNotEscapeTheirQuota) {
  auto options = besieged({"quota.address_connections_max=5", "quota.address_enforce=true"});
  options.arguments = {"--trusted-proxies", "127.0.0.8/29"};
  tracker server{options};
  honest_swarm const beside{server.plain()};
  auto const proxy = from(server.plain(), "127.0.0.9");
  auto const forging = [](int i) {
    return ws_options{.headers = {{"X-Forwarded-For",
                                   "1.1.1." + std::to_string(i) + ", 203.0.113.7, 127.0.0.10"}}};
  };
  std::vector<ws_client> crowd;
  for (int i = 0; i < 5; ++i) crowd.push_back(ws_client::connect(proxy, forging(i)));

  EXPECT_EQ(handshake(proxy, forging(6)).status, 429);
  EXPECT_EQ(server.connections_of("203.0.113.7"), 5);
}

// Defence: a PROXY header counts on its own listener and from trusted proxies only.
TEST(HostileConnections, ThatForgeAProxyPrefaceAreTurnedAway) {
  auto options = besieged();
  options.arguments = {"--listen-proxy", "127.0.0.1:0", "--trusted-proxies", "127.0.0.8/29"};
  tracker server{options};
  honest_swarm const beside{server.plain()};
  std::string const preface = "PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n";

  auto on_plain = stream::connect(behind(server.plain(), preface));
  auto stranger = stream::connect(behind(server.process().proxy(), preface));

  EXPECT_EQ(read_response(on_plain).status, 400);
  EXPECT_TRUE(stranger.closes());
  EXPECT_EQ(counted(server, "waggle_handshakes_failed_total", "proxy_untrusted"), 1);
  EXPECT_EQ(server.connections_of("203.0.113.7"), 0);
}

// Defence: whatever state a connection is in, a reset ends it and everything that belongs to it.
TEST(HostileConnections, StormOfResetsLeavesNothingBehind) {
  tracker server{besieged()};
  honest_swarm beside{server.plain()};
  auto const swarm = fresh_swarm();
  auto const at = server.plain();
  auto const descriptors = server.metric("process_open_fds");

  for (int i = 0; i < 150; ++i) {
    stream::connect(at).reset();
    auto half = stream::connect(at);
    half.send("GET / HT");
    half.reset();
    auto upgraded = stream::connect(at);
    upgraded.send(upgrade_request(at));
    upgraded.reset();
    auto talking = ws_client::connect(at);
    talking.send_text(
        announce_message({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("r", 5)}));
    if (i % 2 == 0) static_cast<void>(talking.receive_text());
    talking.transport().reset();
  }

  EXPECT_TRUE(eventually([&] { return server.stats().at("connections") == 2; }));
  EXPECT_TRUE(eventually([&] { return server.peers_of(swarm) == 0; }));
  EXPECT_TRUE(eventually([&] { return server.metric("process_open_fds") < descriptors + 10; }));
  EXPECT_TRUE(beside.relays_on());
}

// Defence: an address that is banned at run time is closed, and refused at the handshake.
TEST(HostileConnections, OfABannedNetworkAreClosedAtOnce) {
  auto options = besieged();
  options.arguments = {"--listen-proxy", "127.0.0.1:0"};
  tracker server{options};
  honest_swarm const beside{coming_from(server, "192.0.2.1")};
  auto member = ws_client::connect(coming_from(server, "203.0.113.7"));

  {
    at_once const within;
    ban(server, "address", "203.0.113.0/24");
    EXPECT_EQ(member.await_end().code, 4403);
  }

  EXPECT_EQ(handshake(coming_from(server, "203.0.113.8")).status, 403);
}

}  // namespace
}  // namespace waggle::test

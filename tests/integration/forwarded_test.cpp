// SPDX-License-Identifier: Apache-2.0
// Whose a connection is, by its socket and by what trusted proxies write into the request. The
// proxies are played by clients with addresses of their own within 127.0.0.0/8.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

class Forwarded : public CoresTest {
 protected:
  /// 127.0.0.8/29 are proxies: .8 to .15.
  [[nodiscard]] static tracker_options behind_proxies(std::vector<std::string> settings = {}) {
    auto options = cores(std::move(settings));
    options.arguments = {"--trusted-proxies", "127.0.0.8/29,::1"};
    return options;
  }

  static ws_client connect(tracker const& server, std::string const& address, headers with = {}) {
    return ws_client::connect(from(server.plain(), address), {.headers = std::move(with)});
  }

  static int learned(tracker const& server, char const* source) {
    return server.stats().at("counters").at("waggle_client_addresses_learned_total").at(source);
  }
};

TEST_P(Forwarded, WithoutAProxyTheSocketsAddressCounts) {
  tracker server{cores()};
  auto first = connect(server, "127.0.0.2");
  auto second = connect(server, "127.0.0.2");
  auto other = connect(server, "127.0.0.3");

  EXPECT_EQ(server.connections_of("127.0.0.2"), 2);
  EXPECT_EQ(server.connections_of("127.0.0.3"), 1);
  EXPECT_EQ(server.connections_of("127.0.0.4"), 0);
  EXPECT_EQ(server.metric("waggle_client_addresses"), 2);
  EXPECT_EQ(server.metric("waggle_client_connections_max"), 2);
  EXPECT_EQ(learned(server, "socket"), 3);

  first.send_close(1000);
  second.transport().reset();
  EXPECT_TRUE(eventually([&] { return server.connections_of("127.0.0.2") == 0; }));
  EXPECT_EQ(server.metric("waggle_client_addresses"), 1);
  EXPECT_EQ(server.metric("waggle_client_connections_max"), 1);
}

TEST_P(Forwarded, ASpoofedHeaderChangesNothing) {
  for (auto const& options : {cores(), behind_proxies()}) {
    tracker server{options};
    auto const client = connect(server, "127.0.0.2",
                                {{"X-Forwarded-For", "203.0.113.7, 127.0.0.9"},
                                 {"Forwarded", "for=203.0.113.7"},
                                 {"X-Real-IP", "203.0.113.7"}});

    EXPECT_EQ(server.connections_of("127.0.0.2"), 1);
    EXPECT_EQ(server.connections_of("203.0.113.7"), 0);
    EXPECT_EQ(server.metric("waggle_client_addresses"), 1);
    EXPECT_EQ(learned(server, "socket"), 1);
    EXPECT_EQ(learned(server, "x_forwarded_for"), 0);
  }
}

TEST_P(Forwarded, ThroughATrustedProxyTheRightMostStrangerCounts) {
  tracker server{behind_proxies()};
  auto const client =
      connect(server, "127.0.0.9", {{"X-Forwarded-For", "1.1.1.1, 203.0.113.7, 127.0.0.10"}});
  auto const in_lines =
      connect(server, "127.0.0.9",
              {{"X-Forwarded-For", "1.1.1.1"}, {"x-forwarded-for", "203.0.113.7:4711"}});
  auto const mapped = connect(server, "127.0.0.9", {{"X-Forwarded-For", "::ffff:203.0.113.7"}});
  auto const of_ipv6 = connect(server, "127.0.0.9", {{"X-Forwarded-For", "2001:db8:1:2::7"}});

  EXPECT_EQ(server.connections_of("203.0.113.7"), 3);
  EXPECT_EQ(server.connections_of("2001:db8:1:2::99"), 1);
  EXPECT_EQ(server.connections_of("1.1.1.1"), 0);
  EXPECT_EQ(server.connections_of("127.0.0.9"), 0);
  EXPECT_EQ(learned(server, "x_forwarded_for"), 4);
}

TEST_P(Forwarded, OnlyTheFieldOfTheSettingIsRead) {
  tracker server{behind_proxies({"network.forwarded_header=forwarded"})};
  auto const client =
      connect(server, "127.0.0.9",
              {{"X-Forwarded-For", "1.1.1.1"},
               {"Forwarded", R"(for=1.1.1.1, for="[2001:db8::7]:4711";proto=wss)"}});

  EXPECT_EQ(server.connections_of("2001:db8::7"), 1);
  EXPECT_EQ(server.connections_of("1.1.1.1"), 0);
  EXPECT_EQ(learned(server, "forwarded"), 1);
}

TEST_P(Forwarded, AV4MappedPeerIsAnIpv4Proxy) {
  auto options = behind_proxies();
  options.default_listener = false;
  options.arguments.insert(options.arguments.end(), {"--listen", "[::]:0"});
  tracker server{options};
  auto at = server.plain();
  at.host = "127.0.0.1";  // the socket is IPv6, and sees a v4-mapped peer
  auto const direct = ws_client::connect(from(at, "127.0.0.2"));
  auto const proxied =
      ws_client::connect(from(at, "127.0.0.9"), {.headers = {{"X-Forwarded-For", "203.0.113.7"}}});

  EXPECT_EQ(server.connections_of("127.0.0.2"), 1);
  EXPECT_EQ(server.connections_of("203.0.113.7"), 1);
}

TEST_P(Forwarded, NoAddressIsLoggedAboveDebug) {
  for (auto const* const level : {"info", "debug"}) {
    tracker server{behind_proxies({"log.level=" + std::string{level}})};
    {
      auto const direct = connect(server, "127.0.0.2");
      auto const proxied = connect(server, "127.0.0.9", {{"X-Forwarded-For", "203.0.113.7"}});
      EXPECT_EQ(server.connections_of("203.0.113.7"), 1);
    }
    EXPECT_EQ(server.process().stop(), 0);
    auto const log = server.process().log();
    auto const told = level == std::string{"debug"};
    EXPECT_EQ(log.find("203.0.113.7") != std::string::npos, told) << log;
    EXPECT_EQ(log.find("127.0.0.2") != std::string::npos, told) << log;
  }
}

WAGGLE_ON_ONE_AND_TWO_CORES(Forwarded);

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Listeners whose connections begin with a PROXY header, before plain HTTP and before TLS.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using namespace std::string_literals;

std::string version_1(std::string const& source) {
  auto const family = source.find(':') == std::string::npos ? "TCP4 " : "TCP6 ";
  auto const destination = source.find(':') == std::string::npos ? " 10.0.0.1" : " 2001:db8::1";
  return "PROXY "s + family + source + destination + " 4711 443\r\n";
}

std::string version_2(std::string const& command_and_family, std::string const& rest) {
  return "\r\n\r\n\0\r\nQUIT\n"s + command_and_family + static_cast<char>(rest.size() >> 8U) +
         static_cast<char>(rest.size() & 0xffU) + rest;
}

std::string const inet = "\x21\x11";
std::string const inet6 = "\x21\x21";
std::string const local = "\x20\x00"s;
std::string const addresses_v4 =
    "\xcb\x00\x71\x07\x0a\x00\x00\x01\x12\x67\x01\xbb"s;  // 203.0.113.7
std::string const addresses_mapped =
    "\0\0\0\0\0\0\0\0\0\0\xff\xff\xcb\x00\x71\x07"s + std::string(16, '\1') + "\x12\x67\x01\xbb"s;

class ProxyHeader : public CoresTest {
 protected:
  [[nodiscard]] tracker_options with_proxy(std::vector<std::string> settings = {}) const {
    auto options = cores(std::move(settings));
    options.default_listener = false;
    options.arguments = {"--listen-proxy", "127.0.0.1:0",          "--listen-tls-proxy",
                         "127.0.0.1:0",    "--tls-cert",           certificate_.certificate_file(),
                         "--tls-key",      certificate_.key_file()};
    return options;
  }

  static int failed(tracker const& server, char const* reason) {
    return server.stats().at("counters").at("waggle_handshakes_failed_total").at(reason);
  }
  static int learned(tracker const& server, char const* source) {
    return server.stats().at("counters").at("waggle_client_addresses_learned_total").at(source);
  }
  static void expect_served(ws_client& client) {
    client.send_text(announce_message({.swarm = fresh_swarm(), .peer = fresh_peer()}));
    EXPECT_TRUE(json::parse(client.receive_text()).contains("interval"));
  }

 private:
  certificate certificate_;
};

TEST_P(ProxyHeader, NamesTheClientBeforeHttpAndBeforeTls) {
  tracker server{with_proxy()};
  for (auto const& at : {server.process().proxy(), server.process().proxy_tls()}) {
    SCOPED_TRACE(at.scheme);
    for (auto const& header :
         {version_1("203.0.113.7"), version_1("::ffff:203.0.113.7"), version_2(inet, addresses_v4),
          version_2(inet6, addresses_mapped),
          version_2(inet, addresses_v4 + "\x02\x00\x01x"s + std::string(4000, 't'))}) {
      auto client = ws_client::connect(behind(at, header));
      EXPECT_EQ(server.connections_of("203.0.113.7"), 1) << header;
      EXPECT_EQ(server.metric("waggle_client_addresses"), 1);
      expect_served(client);
      client.transport().reset();
      EXPECT_TRUE(eventually([&] { return server.connections_of("203.0.113.7") == 0; }));
    }
    auto const of_ipv6 = ws_client::connect(behind(at, version_1("2001:db8:1:2::7")));
    EXPECT_EQ(server.connections_of("2001:db8:1:2::1"), 1);
  }
  EXPECT_EQ(learned(server, "proxy_protocol"), 12);
}

TEST_P(ProxyHeader, OfAProxyThatSpeaksForItselfLeavesTheSocketsAddress) {
  tracker server{with_proxy()};
  auto client = ws_client::connect(behind(server.process().proxy(), version_2(local, "")));
  auto unknown = ws_client::connect(behind(server.process().proxy_tls(), "PROXY UNKNOWN\r\n"));

  EXPECT_EQ(server.connections_of("127.0.0.1"), 2);
  EXPECT_EQ(learned(server, "socket"), 2);
  expect_served(client);
  expect_served(unknown);
}

TEST_P(ProxyHeader, MayArriveByteByByteOrWithEverythingElse) {
  tracker server{with_proxy()};
  auto const at = server.process().proxy();
  for (auto const& header : {version_1("203.0.113.7"), version_2(inet, addresses_v4)}) {
    auto slow = stream::connect(at);
    ASSERT_TRUE(slow.send_in_pieces(header + upgrade_request(at), 1));
    ASSERT_EQ(read_response(slow).status, 101);
    auto at_once = stream::connect(behind(at, header + upgrade_request(at) + "\x8a\x80mask"));
    ASSERT_EQ(read_response(at_once).status, 101);
    EXPECT_EQ(server.connections_of("203.0.113.7"), 2);
    slow.reset();
    at_once.reset();
    EXPECT_TRUE(eventually([&] { return server.connections_of("203.0.113.7") == 0; }));
  }
  auto const tls = behind(server.process().proxy_tls(), version_2(inet, addresses_v4));
  auto piecewise = ws_client::connect(tls, {.tls = {.hello_piece_bytes = 1}});
  expect_served(piecewise);
}

TEST_P(ProxyHeader, ThatIsMissingOrWrongEndsTheConnection) {
  tracker server{with_proxy()};
  auto const at = server.process().proxy();
  int expected = 0;
  for (auto const& begin :
       {upgrade_request(at), "PROXY TCP4 203.0.113.7\r\n"s, "PROXY "s + std::string(200, 'x'),
        "\x16\x03\x01\x02"s, version_2("\x21\x41", "x"), version_2(inet, "too short"),
        version_2(inet, std::string(5000, 'x'))}) {
    for (auto const& to : {at, server.process().proxy_tls()}) {
      auto raw = to;
      raw.scheme = "ws";
      auto client = stream::connect(behind(raw, begin));
      EXPECT_TRUE(client.closes());
      ++expected;
      EXPECT_EQ(failed(server, "proxy_header"), expected) << begin;
    }
  }
  EXPECT_EQ(server.metric("waggle_connections"), 0);
}

TEST_P(ProxyHeader, ThatStopsIsGivenUpAtTheDeadline) {
  tracker server{with_proxy({"network.setup_deadline=200ms"})};
  auto raw = server.process().proxy_tls();
  raw.scheme = "ws";
  auto silent = stream::connect(raw);
  auto halfway = stream::connect(behind(raw, "PROXY TCP4 203."));
  auto no_tls = stream::connect(behind(raw, version_1("203.0.113.7")));

  EXPECT_TRUE(silent.closes());
  EXPECT_TRUE(halfway.closes());
  EXPECT_TRUE(no_tls.closes());
  EXPECT_TRUE(eventually([&] { return failed(server, "timeout") == 3; }));

  auto leaver = stream::connect(behind(raw, "PROXY"));
  leaver.shut_down();
  EXPECT_TRUE(leaver.closes());
  EXPECT_EQ(failed(server, "closed"), 1);
  EXPECT_EQ(failed(server, "proxy_header"), 0);
}

TEST_P(ProxyHeader, IsTakenFromTrustedProxiesOnlyIfThereIsAList) {
  tracker server{with_proxy({"network.trusted_proxies=127.0.0.8/29"})};
  auto const at = behind(server.process().proxy(), version_1("203.0.113.7"));

  auto const proxied = ws_client::connect(from(at, "127.0.0.9"));
  auto stranger = stream::connect(from(at, "127.0.0.2"));

  EXPECT_EQ(server.connections_of("203.0.113.7"), 1);
  EXPECT_TRUE(stranger.closes());
  EXPECT_EQ(failed(server, "proxy_untrusted"), 1);
  EXPECT_EQ(server.connections_of("203.0.113.7"), 1);
}

TEST_P(ProxyHeader, AndARequestHeaderAreOneChain) {
  tracker server{with_proxy({"network.trusted_proxies=127.0.0.8/29,198.51.100.0/24"})};
  auto const at = from(server.process().proxy(), "127.0.0.9");
  ws_options const says{.headers = {{"X-Forwarded-For", "203.0.113.7"}}};

  auto const spoofed = ws_client::connect(behind(at, version_1("192.0.2.1")), says);
  auto const chained = ws_client::connect(behind(at, version_1("198.51.100.1")), says);

  EXPECT_EQ(server.connections_of("192.0.2.1"), 1);
  EXPECT_EQ(server.connections_of("203.0.113.7"), 1);
  EXPECT_EQ(server.connections_of("198.51.100.1"), 0);
}

TEST_P(ProxyHeader, IsBelievedOnItsListenersOnly) {
  auto options = with_proxy();
  options.default_listener = true;
  tracker server{options};

  auto plain = stream::connect(behind(server.plain(), version_1("203.0.113.7")));

  EXPECT_EQ(read_response(plain).status, 400);
  EXPECT_EQ(failed(server, "bad_request"), 1);
}

WAGGLE_ON_ONE_AND_TWO_CORES(ProxyHeader);

}  // namespace
}  // namespace waggle::test

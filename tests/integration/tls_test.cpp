// SPDX-License-Identifier: Apache-2.0
// TLS as browsers and proxies meet it: versions, ALPN, tickets on several cores, odd first records.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

class Tls : public CoresTest {
 protected:
  [[nodiscard]] tracker_options with_tls() const {
    auto options = cores();
    options.arguments = {"--listen-tls", "127.0.0.1:0",
                         "--tls-cert",   certificate_.certificate_file(),
                         "--tls-key",    certificate_.key_file()};
    return options;
  }

  static void expect_served(ws_client& client) {
    client.send_text(announce_message({.swarm = fresh_swarm(), .peer = fresh_peer()}));
    EXPECT_TRUE(json::parse(client.receive_text()).contains("interval"));
  }

 private:
  certificate certificate_;
};

TEST_P(Tls, PeersOfPlainAndTlsListenersExchangeOffers) {
  tracker server{with_tls()};
  tracker_client plain{server.plain()};
  tracker_client tls{server.process().tls()};
  auto const swarm = fresh_swarm();
  auto const tls_peer = fresh_peer();
  auto const plain_peer = fresh_peer();
  plain.announce({.swarm = swarm, .peer = plain_peer});

  tls.announce({.swarm = swarm, .peer = tls_peer, .offers = some_offers("t", 1)});
  auto const offer = plain.receive();
  ASSERT_TRUE(offer.is_offer()) << offer.text;
  plain.send(answer_message(
      {.swarm = swarm, .peer = plain_peer, .to = tls_peer, .offer_id = offer.string("offer_id")}));

  EXPECT_TRUE(tls.receive().is_answer());
}

TEST_P(Tls, Versions12And13AreSpoken) {
  tracker server{with_tls()};
  for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto client = ws_client::connect(server.process().tls(),
                                     {.tls = {.version_min = version, .version_max = version}});
    EXPECT_EQ(client.transport().tls_version(), version);
    expect_served(client);
  }
}

TEST_P(Tls, OlderVersionsAreRefused) {
  tracker server{with_tls()};
  for (int const version : {TLS1_VERSION, TLS1_1_VERSION}) {
    EXPECT_THROW(
        stream::connect(server.process().tls(), {.version_min = version, .version_max = version}),
        std::runtime_error);
  }
  auto client = ws_client::connect(server.process().tls());
  expect_served(client);
}

TEST_P(Tls, AlpnSelectsHttp11) {
  tracker server{with_tls()};

  auto const chosen = stream::connect(server.process().tls(), {.alpn = "\x02h2\x08http/1.1"});
  EXPECT_EQ(chosen.alpn(), "http/1.1");

  auto client = ws_client::connect(server.process().tls(), {.tls = {.alpn = "\x08http/1.1"}});
  expect_served(client);
}

TEST_P(Tls, TicketsResumeOnEveryCore) {
  tracker server{with_tls()};
  for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SCOPED_TRACE(version);
    ws_options options{.tls = {.version_min = version, .version_max = version}};
    {
      auto first = ws_client::connect(server.process().tls(), options);
      expect_served(first);
      EXPECT_FALSE(first.transport().resumed());
      options.tls.session = first.transport().session();
    }
    // The kernel spreads the connections over the cores' listeners.
    for (int i = 0; i < 16; ++i) {
      auto again = ws_client::connect(server.process().tls(), options);
      EXPECT_TRUE(again.transport().resumed()) << "connection " << i;
      expect_served(again);
      options.tls.session = again.transport().session();
    }
  }
}

TEST_P(Tls, FirstRecordMayComeInPieces) {
  tracker server{with_tls()};
  for (std::size_t const piece_bytes : {1UL, 7UL, 100UL}) {
    auto client =
        ws_client::connect(server.process().tls(), {.tls = {.hello_piece_bytes = piece_bytes}});
    expect_served(client);
  }
}

TEST_P(Tls, LargeFirstRecordMayComeInPieces) {
  // A ClientHello of more than 12 KB, as post-quantum keys and long lists make it.
  std::string alpn = "\x08http/1.1";
  while (alpn.size() < 12'000) alpn += "\x0ax-padding.";
  tracker server{with_tls()};
  for (std::size_t const piece_bytes : {500UL, 5'000UL}) {
    auto client = ws_client::connect(server.process().tls(),
                                     {.tls = {.alpn = alpn, .hello_piece_bytes = piece_bytes}});
    EXPECT_EQ(client.transport().alpn(), "http/1.1");
    expect_served(client);
  }
}

TEST_P(Tls, PlainBytesOnTheTlsPortHurtNobody) {
  tracker server{with_tls()};
  auto at = server.process().tls();
  at.scheme = "ws";
  for (std::string const bytes : {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff garbage", "x"}) {
    auto connection = stream::connect(at);
    connection.send(bytes);
    connection.shut_down();
    EXPECT_TRUE(connection.closes());
  }
  auto client = ws_client::connect(server.process().tls());
  expect_served(client);
}

TEST_P(Tls, ManyConnectionsThatEndInTheHandshakeHurtNobody) {
  tracker server{with_tls()};
  auto at = server.process().tls();
  at.scheme = "ws";
  for (int i = 0; i < 30; ++i) {
    auto connection = stream::connect(at);
    connection.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
    connection.reset();
  }
  auto client = ws_client::connect(server.process().tls());
  expect_served(client);
  EXPECT_TRUE(eventually([&] { return server.stats().at("connections") == 1; }));
}

WAGGLE_ON_ONE_AND_TWO_CORES(Tls);

}  // namespace
}  // namespace waggle::test

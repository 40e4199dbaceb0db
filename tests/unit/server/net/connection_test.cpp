// SPDX-License-Identifier: Apache-2.0
// The set-up of a connection over real sockets: TLS, request head, answer, hand-over, deadline.
#include "server/net/connection.hpp"

#include "tests/unit/server/net/accepted.hpp"

#include <cctype>
#include <chrono>

namespace waggle::net::test {
namespace {

TEST(Connection, UpgradesAndHandsTheStreamOver) {
  accepted at;
  at.client->write(request);

  ASSERT_TRUE(at.until_heard("\r\n\r\n"));

  EXPECT_TRUE(at.heard.starts_with("HTTP/1.1 101 "));
  EXPECT_NE(at.heard.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_EQ(at.host.opened, 1);
  EXPECT_EQ(at.host.opened_with.through.kind, transport::plain);
  EXPECT_EQ(at.host.opened_early, "");
  EXPECT_EQ(at.count(label::http::upgraded), 1U);
  std::string const back = "over the stream";
  ASSERT_EQ(at.host.opened_stream->write_some(back).status, io_status::done);
  EXPECT_TRUE(at.until_heard(back));
}

TEST(Connection, PassesOnWhatCameBehindTheHead) {
  accepted at;
  at.client->write(request + "\x81\x80mask");

  ASSERT_TRUE(at.until([&] { return at.host.opened == 1; }));

  EXPECT_EQ(at.host.opened_early, "\x81\x80mask");
}

TEST(Connection, TakesARequestInPieces) {
  accepted at;
  for (auto const character : request) {
    at.client->write({&character, 1});
    at.context.restart();
    at.context.poll();
  }

  EXPECT_TRUE(at.until([&] { return at.host.opened == 1; }));
}

struct refusal {
  char const* name;
  std::string text;
  std::string status;
  failed counted;
};

TEST(Connection, RefusesWithAReasonAndLetsTheClientReadIt) {
  std::vector<refusal> const table{
      {"a page", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 426 ", failed::not_upgrade},
      {"a bad key",
       "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
       "HTTP/1.1 400 ", failed::bad_request},
      {"no HTTP", "\x16\x03\x01\x02\x01\x01\x02", "HTTP/1.1 400 ", failed::bad_request},
      {"a large head", "GET / HTTP/1.1\r\nCookie: " + std::string(9000, 'c') + "\r\n\r\n",
       "HTTP/1.1 431 ", failed::head_too_large}};
  for (auto const& row : table) {
    SCOPED_TRACE(row.name);
    accepted at;
    at.client->write(row.text);
    // Sent before the refusal is read; unread, they would turn it into a reset.
    at.client->write(std::string(20'000, 'x'));

    ASSERT_TRUE(at.until([&] { return at.client->saw_end || at.client->saw_reset; }));

    EXPECT_TRUE(at.heard.starts_with(row.status)) << at.heard;
    EXPECT_FALSE(at.client->saw_reset);
    EXPECT_EQ(at.host.opened, 0);
    EXPECT_EQ(at.count(row.counted), 1U);
    at.client->leave();
    EXPECT_TRUE(at.until_over());
  }
}

TEST(Connection, TellsWhetherTheServerIsWell) {
  for (bool const well : {true, false}) {
    accepted at;
    at.host.well = well;
    at.client->write("GET /healthz HTTP/1.0\r\n\r\n");

    ASSERT_TRUE(at.until([&] { return at.client->saw_end; }));

    EXPECT_TRUE(at.heard.starts_with(well ? "HTTP/1.1 200 OK" : "HTTP/1.1 503 ")) << at.heard;
    EXPECT_EQ(at.count(label::http::health), 1U);
  }
}

TEST(Connection, ClosesWhoSaysNothingBeforeTheDeadline) {
  for (std::string const said : {"", "GET / HTTP/1.1\r\n"}) {
    accepted at{{transport::plain}, {.deadline = 50ms}};
    at.client->write(said);

    EXPECT_TRUE(at.until([&] { return at.client->saw_end || at.client->saw_reset; }));

    EXPECT_TRUE(at.until_over());
    EXPECT_EQ(at.heard, "");
    EXPECT_EQ(at.count(failed::timeout), 1U);
  }
}

TEST(Connection, ClosesWhoStaysAfterARefusal) {
  accepted at{{transport::plain}, {.deadline = 50ms}};
  at.client->write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_TRUE(at.until_over());

  EXPECT_TRUE(at.heard.starts_with("HTTP/1.1 426 "));
  EXPECT_EQ(at.count(failed::not_upgrade), 1U);
  EXPECT_EQ(at.count(failed::timeout), 0U);
}

TEST(Connection, ForgetsItsDeadlineWithTheHandOver) {
  accepted at{{transport::plain}, {.deadline = 50ms}};
  at.client->write(request);
  ASSERT_TRUE(at.until([&] { return at.host.opened == 1; }));

  EXPECT_TRUE(at.until_over());

  EXPECT_FALSE(at.client->saw_end || at.client->saw_reset);
}

TEST(Connection, CountsAClientThatLeaves) {
  accepted at;
  at.client->write("GET /");
  at.client->leave();

  EXPECT_TRUE(eventually([&] {
    at.context.restart();
    at.context.poll();
    return at.context.stopped();
  }));

  EXPECT_EQ(at.count(failed::closed), 1U);
}

TEST(Connection, UpgradesOverTls) {
  accepted at{{transport::tls}};
  ASSERT_TRUE(at.until([&] { return at.tls->handshake(); }));
  at.client->write(request + "early");

  ASSERT_TRUE(at.until([&] { return at.host.opened == 1; }));

  EXPECT_EQ(at.host.opened_with.through.kind, transport::tls);
  EXPECT_EQ(at.host.opened_early, "early");
  EXPECT_TRUE(at.until_heard("HTTP/1.1 101 "));
}

TEST(Connection, CountsWhatIsNoTlsHandshake) {
  accepted at{{transport::tls}};
  at.client->far_end::write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_TRUE(at.until_over());

  EXPECT_EQ(at.count(failed::tls), 1U);
}

TEST(Connection, ClosesAHandshakeThatStopsBeforeTheDeadline) {
  accepted at{{transport::tls}, {.deadline = 50ms}};
  at.client->far_end::write("\x16\x03\x01");  // a record that never comes

  EXPECT_TRUE(at.until_over());

  EXPECT_EQ(at.count(failed::timeout), 1U);
  EXPECT_EQ(at.count(failed::tls), 0U);
}

TEST(Connection, WithoutACertificateATlsConnectionIsOnlyClosed) {
  accepted at;
  at.client->leave();
  ASSERT_TRUE(eventually([&] {
    at.context.restart();
    at.context.poll();
    return at.context.stopped();
  }));
  loopback ends{at.context};
  far_end client{ends.client};

  start_connection(at.host, at.context, ends.server.release(), {.through = {transport::tls}});

  EXPECT_TRUE(eventually([&] {
    static_cast<void>(client.read());
    return client.saw_end || client.saw_reset;
  }));
  EXPECT_EQ(at.count(failed::closed), 2U);
}

/// A TLS client that writes into memory, so that the test can pass its records on in pieces.
TEST(Connection, CompletesATlsHandshakeInPieces) {
  asio::io_context context{1};
  setup_host host;
  host.tls = server_tls();
  loopback ends{context};
  far_end wire{ends.client};
  start_connection(host, context, ends.server.release(), {.through = {transport::tls}});
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const settings{SSL_CTX_new(TLS_client_method()),
                                                                   SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> const ssl{SSL_new(settings.get()), SSL_free};
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl.get());
  std::size_t turns = 0;
  bool asked = false;

  EXPECT_TRUE(eventually([&] {
    if (SSL_do_handshake(ssl.get()) == 1 && !std::exchange(asked, true)) {
      SSL_write(ssl.get(), request.data(), static_cast<int>(request.size()));
    }
    char one = 0;
    while (BIO_read(SSL_get_wbio(ssl.get()), &one, 1) == 1) {
      EXPECT_EQ(wire.write({&one, 1}), 1U);
      context.restart();
      turns += context.poll();
    }
    context.restart();
    turns += context.poll();
    auto const back = wire.read();
    if (!back.empty()) {
      BIO_write(SSL_get_rbio(ssl.get()), back.data(), static_cast<int>(back.size()));
    }
    return host.opened == 1;
  }));

  // Neither stalled nor spun: about a turn a byte.
  EXPECT_LT(turns, 5000U);
}

}  // namespace
}  // namespace waggle::net::test

// SPDX-License-Identifier: Apache-2.0
// Connections that never become a session: they end at a deadline or a bound, are counted, and
// nobody else notices them.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

constexpr std::size_t crowd = 150;

class Handshakes : public CoresTest {
 protected:
  [[nodiscard]] tracker_options with_tls() const {
    auto options = cores({"network.setup_deadline=700ms"});
    options.arguments = {"--listen-tls",           "127.0.0.1:0", "--tls-cert",
                         pair_.certificate_file(), "--tls-key",   pair_.key_file()};
    return options;
  }
  [[nodiscard]] static double failed(tracker const& server, std::string const& reason) {
    return server.stats().at("counters").at("waggle_handshakes_failed_total").at(reason);
  }

 private:
  certificate pair_;
};

TEST_P(Handshakes, ThatAreNeverFinishedEndAtTheDeadlineAndAreCounted) {
  tracker server{with_tls()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client other{server.plain()};
  auto secured = server.process().tls();
  secured.scheme = "ws";  // the client of the test speaks no TLS there
  std::vector<stream> silent;
  for (std::size_t i = 0; i < crowd; ++i) {
    silent.push_back(stream::connect(server.plain()));
    if (i % 2 == 0) silent.back().send("GET / HTTP/1.1\r\nHost: ");
    silent.push_back(stream::connect(secured));
    // The beginning of a TLS record that will never be whole.
    if (i % 2 == 0) silent.back().send({"\x16\x03\x01\x02\x00\x01", 6});
  }

  EXPECT_EQ(other.announce({.swarm = swarm, .peer = peer}).number("incomplete"), 1);
  for (auto& one : silent) ASSERT_TRUE(one.closes());

  // The socket is closed first and the failure counted in the next turn.
  EXPECT_TRUE(eventually([&] { return failed(server, "timeout") == 2.0 * crowd; }))
      << failed(server, "timeout");
  EXPECT_EQ(other.announce({.swarm = swarm, .peer = peer, .event = ""}).number("incomplete"), 1);
  EXPECT_EQ(server.stats().at("connections"), 1);
}

TEST_P(Handshakes, ThatAreTooLongOrNoneAreRefusedAndCounted) {
  tracker server{with_tls()};
  auto secured = server.process().tls();
  secured.scheme = "ws";
  auto long_head = stream::connect(server.plain());
  auto junk = stream::connect(server.plain());
  auto no_tls = stream::connect(secured);
  auto gone = stream::connect(server.plain());

  long_head.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
  junk.send("\x01\x02\x03 what is this\r\n\r\n");
  no_tls.send(upgrade_request(secured));
  gone.send("GET / HT");
  gone.shut_down();

  EXPECT_EQ(read_response(long_head).status, 431);
  EXPECT_EQ(read_response(junk).status, 400);
  EXPECT_TRUE(no_tls.closes());
  EXPECT_TRUE(gone.closes());
  for (auto const* const reason : {"head_too_large", "bad_request", "tls", "closed"}) {
    EXPECT_EQ(failed(server, reason), 1) << reason;
  }
}

WAGGLE_ON_ONE_AND_TWO_CORES(Handshakes);

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// Connections that end in the middle of something, and many at once: the server stays up.
#include "tests/conformance/echo.hpp"

#include <vector>

namespace waggle::test {
namespace {

void expect_alive() {
  auto client = open_echo();
  expect_echo(client, opcode::text, "alive");
}

TEST(Robustness, ResetInsideAFrameHurtsNobody) {
  auto const whole = encode({.payload = std::string(1'000, 'x')});
  for (std::size_t const sent : {0UL, 1UL, 3UL, 8UL, 500UL, whole.size()}) {
    auto client = open_echo();
    client.send_bytes(whole.substr(0, sent));
    client.transport().reset();
  }
  expect_alive();
}

TEST(Robustness, ResetInsideTheRequestHurtsNobody) {
  auto const request = upgrade_request(echo_plain());
  for (std::size_t const sent : {0UL, 1UL, 20UL, request.size() - 1, request.size()}) {
    auto connection = stream::connect(echo_plain());
    connection.send(request.substr(0, sent));
    connection.reset();
  }
  expect_alive();
}

TEST(Robustness, ResetWithEchoesUnderWayHurtsNobody) {
  for (int i = 0; i < 5; ++i) {
    auto client = open_echo();
    client.send({.op = opcode::binary, .payload = std::string(1'000'000, 'x')});
    client.transport().reset();
  }
  expect_alive();
}

TEST(Robustness, HalfClosedConnectionIsClosed) {
  auto client = open_echo();
  client.send_text("last words");

  client.transport().shut_down();

  EXPECT_TRUE(client.await_end().tcp_closed);
  expect_alive();
}

TEST(Robustness, HundredConnectionsAtOnceAreAllServed) {
  std::vector<ws_client> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(open_echo());
  for (std::size_t i = 0; i < clients.size(); ++i)
    clients[i].send_text("client " + std::to_string(i));

  for (std::size_t i = 0; i < clients.size(); ++i)
    expect_next(clients[i], opcode::text, "client " + std::to_string(i));
}

}  // namespace
}  // namespace waggle::test

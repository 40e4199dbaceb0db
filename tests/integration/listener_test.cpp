// SPDX-License-Identifier: Apache-2.0
// Listeners: addresses, families, several of them, ports in use.
#include "tests/integration/tracker.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace waggle::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

void expect_served(endpoint const& at) {
  SCOPED_TRACE(at.authority());
  tracker_client client{at};
  EXPECT_EQ(client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("incomplete"),
            1);
}

/// A port that something else holds for as long as the object lives.
class occupied_port {
 public:
  occupied_port() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&at), size);
    ::listen(fd_, 1);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
  }
  ~occupied_port() { ::close(fd_); }
  occupied_port(occupied_port const&) = delete;
  occupied_port& operator=(occupied_port const&) = delete;

  [[nodiscard]] std::uint16_t number() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

/// Expects that a server refuses to start with these flags and names the port.
void expect_in_use(std::vector<std::string> const& arguments, std::uint16_t port) {
  std::vector<std::string> line{waggle_binary(), "serve", "--cores", "2"};
  line.insert(line.end(), arguments.begin(), arguments.end());
  auto const result = run(line);
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr(std::to_string(port)));
  EXPECT_EQ(result.out, "") << "no ready line";
}

TEST(Listener, ReadyLineNamesEveryListenerAndTheInternalOne) {
  tracker server{{.arguments = {"--listen", "[::1]:0"}}};

  EXPECT_THAT(server.process().ready_line(), StartsWith("ready client=ws://127.0.0.1:"));
  EXPECT_THAT(server.process().ready_line(), HasSubstr(" client=ws://[::1]:"));
  EXPECT_THAT(server.process().ready_line(), HasSubstr(" internal=http://127.0.0.1:"));
  EXPECT_EQ(server.process().out(), server.process().ready_line() + "\n");
}

TEST(Listener, ServesIpv4AndIpv6) {
  tracker server{{.arguments = {"--listen", "[::1]:0"}}};

  expect_served(server.process().plain(0));
  expect_served(server.process().plain(1));
}

TEST(Listener, SeveralOnSeveralCoresAreServed) {
  tracker server{{.cores = 2, .arguments = {"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"}}};
  for (std::size_t n = 0; n < 3; ++n)
    for (int i = 0; i < 8; ++i) expect_served(server.process().plain(n));
}

TEST(Listener, AnyAddressOfIpv6TakesIpv4Too) {
  tracker server{{.arguments = {"--listen", "[::]:0"}, .default_listener = false}};
  auto at = server.process().plain();

  at.host = "127.0.0.1";
  expect_served(at);
  at.host = "::1";
  expect_served(at);
}

TEST(Listener, PortHeldBySomethingElseIsAnErrorThatNamesIt) {
  occupied_port const held;
  auto const at = "127.0.0.1:" + std::to_string(held.number());

  expect_in_use({"--listen", at, "--internal", "127.0.0.1:0"}, held.number());
  expect_in_use({"--listen", "127.0.0.1:0", "--internal", at}, held.number());
}

TEST(Listener, PortHeldByASecondWaggleIsAnErrorThatNamesIt) {
  tracker first{{.cores = 2}};
  auto const port = first.plain().port;
  auto const at = "127.0.0.1:" + std::to_string(port);

  expect_in_use({"--listen", at, "--internal", "127.0.0.1:0"}, port);
  expect_in_use({"--listen", "0.0.0.0:" + std::to_string(port), "--internal", "127.0.0.1:0"}, port);
  expect_in_use({"--listen", "[::]:" + std::to_string(port), "--internal", "127.0.0.1:0"}, port);

  expect_served(first.plain());
}

TEST(Listener, PortCanBeTakenAgainAfterAStop) {
  std::uint16_t port = 0;
  {
    tracker first;
    port = first.plain().port;
    expect_served(first.plain());
  }
  tracker second{
      {.arguments = {"--listen", "127.0.0.1:" + std::to_string(port)}, .default_listener = false}};
  EXPECT_EQ(second.plain().port, port);
  expect_served(second.plain());
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/hostile/siege.hpp"

#include <cstdlib>
#include <utility>

namespace waggle::test {

tracker_options besieged(std::vector<std::string> settings) {
  return {.cores = 2, .settings = std::move(settings)};
}

tracker_options besieged_by_many(std::vector<std::string> settings) {
  auto options = besieged(std::move(settings));
  options.arguments = {"--listen-proxy", "127.0.0.1:0", "--trusted-proxies", "127.0.0.0/8"};
  return options;
}

http_response handshake(endpoint const& at, ws_options const& options) {
  auto connection = stream::connect(at);
  connection.send(upgrade_request(at, options));
  return read_response(connection);
}

endpoint coming_from(tracker& server, std::string const& address) {
  return behind(server.process().proxy(), "PROXY TCP4 " + address + " 10.0.0.1 4711 443\r\n");
}

int counted(tracker const& server, std::string const& family) {
  return server.stats().at("counters").at(family);
}
int counted(tracker const& server, std::string const& family, std::string const& label) {
  return server.stats().at("counters").at(family).at(label);
}
int refused(tracker const& server, std::string const& reason) {
  return counted(server, "waggle_admissions_refused_total", reason);
}
int closed(tracker const& server, std::string const& reason) {
  return counted(server, "waggle_connections_closed_total", reason);
}

std::string repeated(std::string const& what, std::size_t times) {
  std::string all;
  while (times-- > 0) all += what;
  return all;
}

ending flood(ws_client& client, std::string const& some) {
  deadline const until{patience};
  while (!client.tcp_closed() && !until.passed()) {
    static_cast<void>(client.transport().send(some, 20ms));  // it need not take all
    client.pump();
  }
  return client.await_end();
}

at_once::~at_once() {
  // The promise is for the server as it is built to serve; WAGGLE_BIN names one with sanitizers.
  std::chrono::seconds const within{std::getenv("WAGGLE_BIN") == nullptr ? 1 : 5};
  EXPECT_LT(std::chrono::steady_clock::now() - began_, within);
}

void ban(tracker& server, std::string const& kind, std::string const& value) {
  auto const made =
      admin_client{server.process().internal()}.post("bans", {{"kind", kind}, {"value", value}});
  ASSERT_EQ(made.status, 201) << made.body;
}

}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// The listener of operators, asked by whoever is none, and what it and the log tell of clients.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"
#include "tests/hostile/tokens.hpp"

#include <chrono>

namespace waggle::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> const pages{"overview", "swarms", "connections", "clients", "refusals",
                                     "bans",     "log",    "audit",       "config"};

// Defence: admin.token, for every path of the API and every method.
TEST(HostileOperator, WithoutTheTokenIsRefused) {
  tracker server{besieged({"admin.token=0123456789abcdef"})};
  honest_swarm beside{server.plain()};
  auto const at = server.process().internal();

  for (auto const& page : pages) {
    auto const target = "/api/v1/" + page;
    EXPECT_EQ(ask(at, {.target = target}).status, 401) << page;
    for (auto const* const wrong :
         {"Bearer 0123456789abcde", "Bearer 0123456789abcdef0", "Bearer ",
          "Basic MDEyMzQ1Njc4OWE=", "0123456789abcdef", "Bearer 0123456789ABCDEF"}) {
      auto const fields = "Authorization: " + std::string{wrong} + "\r\n";
      EXPECT_EQ(ask(at, {.target = target, .fields = fields}).status, 401) << page << wrong;
    }
    EXPECT_EQ(ask(at, {.target = target + "?token=0123456789abcdef"}).status, 401);
  }
  for (auto const* const target : {"/api/v1/bans", "/api/v1/drain", "/api/v1/reload"}) {
    EXPECT_EQ(ask(at, {.method = "POST", .target = target, .fields = as_json, .body = "{}"}).status,
              401);
  }
  EXPECT_EQ(ask(at, {.target = "/api/v1/overview",
                     .fields = "Authorization: Bearer 0123456789abcdef\r\n"})
                .status,
            200);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: without a token there is no API but on a loopback address.
TEST(HostileOperator, OnAnOpenAddressWithoutATokenFindsNothing) {
  server_process server{
      std::vector<std::string>{waggle_binary(), "serve", "--listen", "127.0.0.1:0", "--internal",
                               "0.0.0.0:0", "--cores", "2", "--set", "network.drain_seconds=0"}};
  honest_swarm const beside{server.plain()};
  auto at = server.internal();
  at.host = "127.0.0.1";

  for (auto const& page : pages) {
    EXPECT_EQ(ask(at, {.target = "/api/v1/" + page}).status, 404) << page;
  }
  EXPECT_EQ(ask(at, {.method = "POST", .target = "/api/v1/drain", .fields = as_json, .body = "{}"})
                .status,
            404);
  EXPECT_EQ(ask(at, {.target = "/healthz"}).status, 200);
}

// Defence: the Host of a request must be loopback (DNS rebinding), and what changes must be JSON.
TEST(HostileOperator, FromAPageOfAnotherSiteIsRefused) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  auto const at = server.process().internal();
  auto connection = stream::connect(at);
  connection.send(
      "GET /api/v1/overview HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(read_response(connection).status, 403);
  for (auto const* const fields : {"Content-Type: text/plain\r\n", ""}) {
    EXPECT_EQ(ask(at, {.method = "POST", .target = "/api/v1/drain", .fields = fields, .body = "{}"})
                  .status,
              415);
  }
}

// Defence: the public listeners have no API at all.
TEST(HostileOperator, OnAPublicListenerFindsNothing) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};

  for (auto const* const target :
       {"/api/v1/overview", "/metrics", "/stats.json", "/", "/dashboard", "/api/v1/config"}) {
    EXPECT_EQ(http_get(server.plain(), target).status, 426) << target;
  }
}

// Defence: neither the log nor a page has a token, a secret, or a query; metrics have no addresses.
TEST(HostileOperator, LearnsNoTokenFromLogOrPages) {
  tracker server{besieged({"log.level=trace", "tenants.a.access.mode=token",
                           "tenants.a.tokens.in_announce=true", "tenants.a.tokens.leeway=0s",
                           "tenants.a.tokens.secrets=k:" + std::string{secret_of_a}})};
  auto claims = claims_for("a");
  claims.id = "named";
  auto const good = signed_by(secret_of_a, claims);
  auto const expired = signed_by(secret_of_a, claims_for("a", -std::chrono::hours{1}));
  auto const forged = signed_by(secret_of_b, claims);
  honest_swarm beside{server.plain(), showing(good, "/t/a/")};
  tracker_client client{server.plain(), {.path = "/t/a/"}};
  for (auto const& token : {good, expired, forged, unsecured(good)}) {
    static_cast<void>(handshake(server.plain(), showing(token, "/t/a/")));
    static_cast<void>(handshake(server.plain(), showing(token, "/t/nobody/")));
    static_cast<void>(handshake(server.plain(), showing(token, "/")));
    static_cast<void>(http_get(server.plain(), "/?token=" + token));
    client.send(
        with_token(announce_message({.swarm = fresh_swarm(), .peer = fresh_peer()}), token));
    static_cast<void>(client.receive());
  }
  ban(server, "token", "a/other");
  EXPECT_TRUE(beside.relays_on());

  std::string all;
  admin_client const by{server.process().internal()};
  for (auto const& page : pages) all += by.get(page).dump();
  auto const metrics = http_get(server.process().internal(), "/metrics").body;
  all += metrics + server.stats().dump() + server.process().log();

  for (auto const& token : {good, expired, forged}) {
    EXPECT_THAT(all, Not(HasSubstr(token)));
    EXPECT_THAT(all, Not(HasSubstr(token.substr(token.rfind('.') + 1)))) << "its signature";
    auto const payload = token.substr(token.find('.') + 1, 40);
    EXPECT_THAT(all, Not(HasSubstr(payload)));
  }
  EXPECT_THAT(all, Not(HasSubstr("?token=")));
  EXPECT_THAT(all, Not(HasSubstr(std::string{secret_of_a})));
  EXPECT_THAT(metrics, Not(HasSubstr("127.0.0.")));
}

}  // namespace
}  // namespace waggle::test

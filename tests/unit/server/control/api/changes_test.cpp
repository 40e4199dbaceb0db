// SPDX-License-Identifier: Apache-2.0
// What an operator makes the server do, over HTTP.
#include "tests/unit/server/control/api/fixture.hpp"

namespace waggle::test {
namespace {

using namespace std::chrono_literals;
using kind = admin_error::kind;

constexpr auto watch = "/swarms/00112233445566778899aabbccddeeff00112233/watch";

struct ApiChanges : api_over_http {
  reply post(std::string const& target, std::string const& body) {
    return ask({.method = "POST", .target = target, .body = body});
  }
};

TEST_F(ApiChanges, BanIsMadeAsItWasAsked) {
  open();

  auto const got = post("/bans", R"({"kind":"address","value":"192.0.2.0/24","reason":"abuse",
                                     "lasts_seconds":90})");

  EXPECT_EQ(got.status, 201U);
  EXPECT_NE(got.head.find("Location: /api/v1/bans/1\r\n"), std::string::npos) << got.head;
  EXPECT_EQ(json::parse(got.body), json::parse(R"({"id":1,"kind":"address","value":"192.0.2.0/24",
    "reason":"abuse","by":"loopback","since_at":"1970-01-01T00:00:01.000Z",
    "until_at":"1970-01-01T00:01:31.000Z"})"));
  EXPECT_EQ(fake_.asked_ban.lasts, 90s);
  auto const forever = post("/bans", R"({"kind":"peer_id_prefix","value":"2d58"})");
  EXPECT_EQ(json::parse(forever.body).at("until_at"), nullptr);

  auto const list = body_of("/bans?limit=1&offset=1");
  EXPECT_EQ(list.at("total"), 2);
  EXPECT_EQ(list.at("items")[0].at("kind"), "peer_id_prefix");
}

TEST_F(ApiChanges, TenantIsMadeChangedAndEnded) {
  open();
  auto const put = [this](std::string const& body) {
    return ask({.method = "PUT", .target = "/tenants/acme", .body = body});
  };

  auto const made = put(R"({"access":{"mode":"registered"},"limits":{"swarms_max":7}})");

  EXPECT_EQ(made.status, 201U) << made.body;
  EXPECT_NE(made.head.find("Location: /api/v1/tenants/acme\r\n"), std::string::npos) << made.head;
  EXPECT_EQ(json::parse(made.body), json::parse(R"({"name":"acme","configured":false,
    "settings":{},"connections":0,"connections_max":0,"swarms":0,"swarms_max":0,"by":null,
    "since_at":null})"));
  EXPECT_EQ(fake_.asked_tenant.name, "acme");
  EXPECT_EQ(json::parse(fake_.asked_tenant.settings),
            json::parse(R"({"access":{"mode":"registered"},"limits":{"swarms_max":7}})"));
  EXPECT_EQ(put("{}").status, 200U);
  EXPECT_EQ(body_of("/tenants").at("total"), 1);
  EXPECT_EQ(body_of("/tenants/acme").at("name"), "acme");
  EXPECT_EQ(ask({.method = "DELETE", .target = "/tenants/acme"}).status, 204U);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/tenants/acme"}).status, 404U);
  EXPECT_EQ(get_api("/tenants/acme").status, 404U);
}

TEST_F(ApiChanges, TenantThatIsNoneIs400AndOneOfTheConfigurationIs409) {
  open();
  auto const put = [this](std::string const& body) {
    return ask({.method = "PUT", .target = "/tenants/acme", .body = body});
  };

  EXPECT_NE(problem_of(put("[]"), 400).find("object"), std::string::npos);
  EXPECT_NE(problem_of(put(R"({"acess":{}})"), 400).find("acess"), std::string::npos);
  fake_.error = admin_error{kind::invalid, "access.mode: none of these"};
  EXPECT_EQ(problem_of(put("{}"), 400), "access.mode: none of these");
  fake_.error = admin_error{kind::refused, "of the configuration"};
  EXPECT_EQ(problem_of(put("{}"), 409), "of the configuration");
  EXPECT_TRUE(fake_.served.empty());
}

TEST_F(ApiChanges, BanThatIsNoneIs400AndNamesWhatIsWrong) {
  open();

  for (auto const& [body, names] : std::vector<std::pair<std::string, std::string>>{
           {"", "kind"},
           {"[]", "object"},
           {R"({"kind":"moon","value":"x"})", "kind"},
           {R"({"kind":"address"})", "value"},
           {R"({"kind":"address","value":""})", "value"},
           {R"({"kind":"address","value":7})", "value"},
           {R"({"kind":"address","value":")" + std::string(385, 'x') + R"("})", "value"},
           {R"({"kind":"address","value":"x","reason":1})", "reason"},
           {R"({"kind":"address","value":"x","lasts_seconds":0})", "lasts_seconds"},
           {R"({"kind":"address","value":"x","lasts_seconds":-5})", "lasts_seconds"},
           {R"({"kind":"address","value":"x","lasts_seconds":"1h"})", "lasts_seconds"},
           {R"({"kind":"address","value":"x","lasts_second":60})", "lasts_second"}}) {
    EXPECT_NE(problem_of(post("/bans", body), 400).find(names), std::string::npos) << body;
  }
  EXPECT_TRUE(fake_.banned.empty());
}

TEST_F(ApiChanges, BanThatIsRefusedIs409WithTheReason) {
  fake_.error = admin_error{kind::refused, "127.0.0.1 is this machine"};
  open();

  EXPECT_EQ(problem_of(post("/bans", R"({"kind":"address","value":"127.0.0.1"})"), 409),
            "127.0.0.1 is this machine");
}

TEST_F(ApiChanges, BanIsLiftedOnce) {
  open();
  post("/bans", R"({"kind":"address","value":"192.0.2.7"})");

  auto const gone = ask({.method = "DELETE", .target = "/bans/1"});
  EXPECT_EQ(gone.status, 204U);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(gone.head.find("Content-Length"), std::string::npos) << gone.head;
  EXPECT_EQ(ask({.method = "DELETE", .target = "/bans/1"}).status, 404U);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/bans/x"}).status, 404U);
  EXPECT_EQ(fake_.by, "loopback");
}

TEST_F(ApiChanges, SwarmIsWatchedAndUnwatched) {
  open();

  EXPECT_EQ(ask({.method = "PUT", .target = watch}).status, 204U);
  EXPECT_EQ(fake_.by, "loopback");
  EXPECT_EQ(body_of("/watched").at("items")[0], "00112233445566778899aabbccddeeff00112233");
  EXPECT_EQ(ask({.method = "DELETE", .target = watch}).status, 204U);
  EXPECT_TRUE(fake_.watching.empty());
  fake_.error = admin_error{kind::full, "16 swarms are watched"};
  EXPECT_EQ(problem_of(ask({.method = "PUT", .target = watch}), 409), "16 swarms are watched");
  EXPECT_EQ(ask({.method = "PUT", .target = "/swarms/zz/watch"}).status, 400U);
}

TEST_F(ApiChanges, DrainTakesItsWindowOrLeavesItToTheServer) {
  using windows = std::vector<std::optional<std::chrono::seconds>>;
  open();

  auto const got = post("/drain", "");
  EXPECT_EQ(got.status, 202U);
  EXPECT_EQ(json::parse(got.body), json::parse(R"({"draining":true})"));
  EXPECT_EQ(fake_.drains, windows{std::nullopt});
  post("/drain", R"({"window_seconds":0})");
  EXPECT_EQ(fake_.drains, (windows{std::nullopt, 0s}));
  for (auto const* const wrong : {R"({"window_seconds":3601})", R"({"window_seconds":"5"})",
                                  R"({"window_seconds":1.5})", R"({"seconds":1})"}) {
    EXPECT_EQ(post("/drain", wrong).status, 400U) << wrong;
  }
  EXPECT_EQ(fake_.drains.size(), 2U);
}

TEST_F(ApiChanges, ReloadTellsWhatChangedOrWhyNothingDid) {
  fake_.report = {.ok = true, .changed = {"session.ping_after"}};
  open();

  EXPECT_EQ(
      json::parse(post("/reload", "{}").body),
      json::parse(R"({"ok":true,"changed":["session.ping_after"],"refused":[],"problem":""})"));
  fake_.report = {.ok = false, .refused = {"network.cores"}, .problem = "needs a restart"};
  auto const refused = post("/reload", "");
  EXPECT_EQ(problem_of(refused, 422), "needs a restart");
  auto const body = json::parse(refused.body);
  EXPECT_EQ(body.at("refused")[0], "network.cores");
  EXPECT_TRUE(body.at("changed").empty());
}

TEST_F(ApiChanges, LogLevelIsSet) {
  open();
  auto const put = [this](std::string const& body) {
    return ask({.method = "PUT", .target = "/log/levels", .body = body});
  };

  EXPECT_EQ(json::parse(put(R"({"area":"net","level":"debug"})").body).at("levels").at("net"),
            "debug");
  EXPECT_EQ(put(R"({"area":"net"})").status, 400U);
  EXPECT_EQ(put(R"({"area":1,"level":"debug"})").status, 400U);
  fake_.error = admin_error{kind::invalid, "no area \"x\""};
  EXPECT_EQ(problem_of(put(R"({"area":"x","level":"debug"})"), 400), "no area \"x\"");
}

}  // namespace
}  // namespace waggle::test

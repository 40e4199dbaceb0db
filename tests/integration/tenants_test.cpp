// SPDX-License-Identifier: Apache-2.0
// Tenants that an operator makes while the server runs: served at once, over a restart, to the end.
#include "tests/integration/admin_client.hpp"
#include "tests/integration/tracker.hpp"
#include "tests/support/certificate.hpp"

namespace waggle::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint16_t tenant_gone_code = 4503;
std::string const secret(40, 'x');

class MadeTenants : public CoresTest {
 protected:
  [[nodiscard]] tracker_options kept(std::vector<std::string> settings = {}) const {
    settings.push_back("storage.url=sqlite:" + folder_.path("waggle.db"));
    return cores(std::move(settings));
  }
  static int handshake(tracker const& at, std::string const& path) {
    auto connection = stream::connect(at.plain());
    connection.send(upgrade_request(at.plain(), {.path = path}));
    return read_response(connection).status;
  }

 private:
  temporary_folder folder_;
};

TEST_P(MadeTenants, AreServedAtOnceOverARestartAndUntilTheyAreRemoved) {
  json const wanted{{"access", {{"origins", {"https://acme.example"}}}},
                    {"tokens", {{"secrets", {"k:" + secret}}}},
                    {"limits", {{"swarms_max", 2}}}};
  auto const of_acme =
      ws_options{.path = "/t/acme/", .headers = {{"Origin", "https://acme.example"}}};
  {
    tracker server{kept()};
    admin_client const operators{server.process().internal()};
    tracker_client stranger{server.plain()};
    stranger.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

    auto const made = operators.put("tenants/acme", wanted);

    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_THAT(made.body, Not(HasSubstr(secret)));
    EXPECT_EQ(handshake(server, "/t/acme/"), 403) << "of no such origin";
    tracker_client client{server.plain(), of_acme};
    for (int i = 0; i < 4; ++i) client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
    auto const row = operators.get("tenants/acme");
    EXPECT_EQ(row.at("connections"), 1);
    EXPECT_EQ(row.at("swarms"), 2);
    EXPECT_EQ(row.at("by"), "loopback");
    EXPECT_EQ(operators.get("tenants").at("total"), 2) << "and who names none";
    stranger.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
    EXPECT_EQ(operators.put("tenants/acme", {{"access", {{"mode", "closed"}}}}).status, 400);
    auto const lost = operators.put("tenants/lost", {{"access", {{"deny_file", "/nowhere"}}}});
    EXPECT_EQ(lost.status, 400);
    EXPECT_THAT(lost.body, HasSubstr("/nowhere"));
    EXPECT_THAT(operators.get("audit").dump(), Not(HasSubstr(secret)));
    EXPECT_THAT(operators.get("config").dump(), Not(HasSubstr(secret)));
  }
  tracker again{kept()};
  admin_client const operators{again.process().internal()};
  tracker_client client{again.plain(), of_acme};
  client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
  EXPECT_EQ(operators.post("reload", json::object()).status, 200);
  EXPECT_EQ(operators.get("tenants/acme").at("swarms_max"), 2) << "a reload leaves it alone";

  EXPECT_EQ(operators.remove("tenants/acme").status, 204);

  EXPECT_EQ(client.socket().await_end().code, tenant_gone_code);
  EXPECT_EQ(operators.remove("tenants/acme").status, 404);
  EXPECT_EQ(operators.get("tenants").at("total"), 1);
}

TEST_P(MadeTenants, OfTheConfigurationAreChangedThereAlone) {
  tracker server{kept({"tenants.acme.access.mode=open"})};
  admin_client const operators{server.process().internal()};

  EXPECT_EQ(operators.put("tenants/acme", json::object()).status, 409);
  EXPECT_EQ(operators.remove("tenants/acme").status, 409);
  EXPECT_EQ(operators.put("tenants/zoo", json::object()).status, 201);
  EXPECT_EQ(handshake(server, "/t/zoo/"), 101);
  EXPECT_EQ(handshake(server, "/"), 403) << "as the configuration has it";
}

WAGGLE_ON_ONE_AND_TWO_CORES(MadeTenants);

}  // namespace
}  // namespace waggle::test

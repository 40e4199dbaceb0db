// SPDX-License-Identifier: Apache-2.0
// `waggle health` against the running program: what a container's HEALTHCHECK relies on.
#include "tests/integration/tracker.hpp"

#include <signal.h>

#include <algorithm>

namespace waggle::test {
namespace {

using testing::HasSubstr;

run_result health(std::vector<std::string> arguments,
                  child_process::environment const& extra = {}) {
  arguments.insert(arguments.begin(), {waggle_binary(), "health"});
  return run(arguments, extra);
}

TEST(Health, RunningServerIsHealthy) {
  tracker server;
  auto const where = server.process().internal().authority();

  auto const ready = health({"--internal", where});
  auto const live = health({"--internal", where, "--live"});

  EXPECT_EQ(ready.code, 0) << ready.err;
  EXPECT_THAT(ready.out, HasSubstr("/readyz: 200 {\"ready\":true"));
  EXPECT_THAT(ready.out, testing::EndsWith("}\n"));
  EXPECT_EQ(std::count(ready.out.begin(), ready.out.end(), '\n'), 1);
  EXPECT_EQ(live.code, 0) << live.err;
  EXPECT_THAT(live.out, HasSubstr("/healthz: 200 ok"));
}

TEST(Health, TakesTheAddressFromTheSourcesOfTheServer) {
  tracker server;
  auto const port = std::to_string(server.process().internal().port);
  temporary_folder const folder;
  auto const file =
      folder.write("c.json", R"({"network": {"internal": "127.0.0.1:)" + port + R"("}})");

  EXPECT_EQ(health({}, {{"WAGGLE_NETWORK_INTERNAL", "0.0.0.0:" + port}}).code, 0);
  EXPECT_EQ(health({"--config", file}).code, 0);
  EXPECT_EQ(health({}, {{"WAGGLE_CONFIG", file}}).code, 0);
  EXPECT_EQ(health({"--set", "network.internal=[::]:" + port}).code, 0);
}

TEST(Health, IPv6LiteralIsAskedAsItStands) {
  tracker server{{.arguments = {"--internal", "[::1]:0"}}};

  auto const result = health({"--internal", server.process().internal().authority()});

  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("http://[::1]:"));
}

TEST(Health, MistakesOfAFileThatIsNotNeededDoNotMatter) {
  tracker server;
  auto const where = server.process().internal().authority();
  temporary_folder const folder;
  auto const file = folder.write("c.json", "{");

  EXPECT_EQ(health({"--config", file, "--internal", where}).code, 0);
  EXPECT_EQ(health({"--config", file}, {{"WAGGLE_NETWORK_INTERNAL", where}}).code, 0);
  auto const needed = health({"--config", file});
  EXPECT_EQ(needed.code, 1);
  EXPECT_THAT(needed.err, HasSubstr("c.json"));
}

TEST(Health, EndedServerIsNotHealthy) {
  tracker server;
  auto const where = server.process().internal().authority();
  ASSERT_EQ(server.process().stop(), 0);

  auto const result = health({"--internal", where});

  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("Connection refused"));
}

TEST(Health, HaltedServerIsNotHealthyAfterTheTimeout) {
  tracker server;
  auto const where = server.process().internal().authority();
  server.process().signal(SIGSTOP);

  auto const halted = health({"--internal", where, "--timeout", "200ms"});
  server.process().signal(SIGCONT);
  auto const going_on = health({"--internal", where});

  EXPECT_EQ(halted.code, 1);
  EXPECT_THAT(halted.err, HasSubstr("no answer in time"));
  EXPECT_EQ(going_on.code, 0) << going_on.err;
}

TEST(Health, DrainingServerIsNotReadyButAlive) {
  tracker server{{.settings = {"network.drain_seconds=600"}}};
  auto const where = server.process().internal().authority();
  tracker_client client{server.plain()};  // keeps the server from ending before it is asked
  server.process().signal(SIGTERM);

  EXPECT_TRUE(eventually([&] { return health({"--internal", where}).code == 1; }));
  EXPECT_THAT(health({"--internal", where}).err, HasSubstr("draining"));
  EXPECT_EQ(health({"--internal", where, "--live"}).code, 0);
}

TEST(Health, ClientsPortIsNotReady) {
  tracker server;

  auto const result = health({"--internal", server.plain().authority()});

  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("/readyz: 4"));
}

TEST(Health, MistakesExitAsElsewhere) {
  EXPECT_EQ(health({"--internal", "nowhere"}).code, 1);
  EXPECT_EQ(health({"--set", "netwrk.internal=:1"}).code, 1);
  EXPECT_EQ(health({"--internal", "127.0.0.1:0"}).code, 1);
  EXPECT_EQ(health({"--timeout", "soon"}).code, 2);
  EXPECT_EQ(health({"--no-such-flag"}).code, 2);
}

}  // namespace
}  // namespace waggle::test

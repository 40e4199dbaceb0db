// SPDX-License-Identifier: Apache-2.0
// The admin API of the built server: its token, who reaches it, its streams and its end.
#include "tests/integration/admin_client.hpp"
#include "tests/integration/tracker.hpp"

#include <csignal>
#include <fstream>

namespace waggle::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string bearer(std::string const& token) {
  return "Authorization: Bearer " + token + "\r\n";
}

/// A file that goes with the test.
class written_file {
 public:
  explicit written_file(std::string const& content)
      : path_(testing::TempDir() + "waggle-admin-" + std::to_string(::getpid())) {
    std::ofstream{path_, std::ios::binary} << content;
  }
  ~written_file() { std::remove(path_.c_str()); }
  written_file(written_file const&) = delete;
  written_file& operator=(written_file const&) = delete;
  [[nodiscard]] std::string const& path() const { return path_; }

 private:
  std::string path_;
};

TEST(AdminApi, OverviewFollowsTheTraffic) {
  tracker server{{.cores = 2}};
  tracker_client client{server.plain()};
  client.announce({.swarm = fresh_swarm(), .peer = fresh_peer(), .left = 0});

  auto const at = server.process().internal();
  auto const overview = [&at] { return json::parse(ask(at, {.target = "/api/v1/overview"}).body); };
  EXPECT_TRUE(eventually([&] { return overview().at("counters").at("announces") == 1; }));
  auto const now = overview();
  EXPECT_EQ(now.at("peers"), 1);
  EXPECT_EQ(now.at("seeders"), 1);
  EXPECT_EQ(now.at("connections"), 1);
  EXPECT_EQ(now.at("cores").size(), 2U);
  EXPECT_EQ(now.at("ready"), true);
  EXPECT_GT(now.at("memory_bytes"), 1'000'000);
}

TEST(AdminApi, DocumentIsServed) {
  tracker server;

  auto const got = ask(server.process().internal(), {.target = "/api/v1/openapi.json"});

  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(json::parse(got.body).at("openapi"), "3.1.0");
}

TEST(AdminApi, IsHiddenOnOtherAddressesWithoutAToken) {
  tracker server{{.arguments = {"--internal", "0.0.0.0:0"}}};
  auto const at = server.process().internal();

  for (auto const* const path : {"/", "/ui/", "/api/v1/overview", "/api/v1/openapi.json"}) {
    EXPECT_EQ(ask(at, {.target = path}).status, 404) << path;
  }
  EXPECT_EQ(ask(at, {.method = "POST", .target = "/api/v1/drain", .fields = as_json}).status, 404);
  EXPECT_EQ(ask(at, {.target = "/metrics"}).status, 200);
  EXPECT_EQ(ask(at, {.target = "/readyz"}).status, 200);
  EXPECT_THAT(server.process().log(), HasSubstr("admin api off"));
}

TEST(AdminApi, TokenFileOpensItOnAnyAddress) {
  written_file const token{"open-sesame\n"};
  tracker server{
      {.settings = {"admin.token_file=" + token.path()}, .arguments = {"--internal", "0.0.0.0:0"}}};
  auto const at = server.process().internal();

  EXPECT_EQ(ask(at, {.target = "/api/v1/overview", .fields = bearer("open-sesame")}).status, 200);
  auto const wrong = ask(at, {.target = "/api/v1/overview", .fields = bearer("open-sesam")});
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.header("www-authenticate"), "Bearer");
  EXPECT_EQ(wrong.header("content-type"), "application/problem+json");
  EXPECT_EQ(ask(at, {.target = "/api/v1/overview"}).status, 401);
  EXPECT_EQ(ask(at, {.target = "/"}).status, 302);
  EXPECT_EQ(ask(at, {.target = "/ui/"}).status, 200);
  EXPECT_EQ(ask(at, {.target = "/metrics"}).status, 200);
}

TEST(AdminApi, TokenIsNeverPrinted) {
  tracker server{{.settings = {"admin.token=open-sesame-7", "log.level=trace"}}};
  auto const at = server.process().internal();

  ask(at, {.target = "/api/v1/overview", .fields = bearer("open-sesame-7")});
  ask(at, {.target = "/api/v1/overview", .fields = bearer("not-open-sesame-7")});
  auto const log = ask(at, {.target = "/api/v1/log", .fields = bearer("open-sesame-7")});

  EXPECT_EQ(log.status, 200);
  EXPECT_THAT(log.body, HasSubstr("admin request refused"));
  EXPECT_THAT(log.body, Not(HasSubstr("sesame")));
  EXPECT_THAT(server.process().log(), Not(HasSubstr("sesame")));
}

TEST(AdminApi, TokenThatIsGivenTwiceOrIsEmptyIsAnErrorOfTheConfiguration) {
  written_file const empty{"\n"};
  for (auto const& [settings, names] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"admin.token=a", "admin.token_file=" + empty.path()}, "admin.token_file"},
           {{"admin.token_file=" + empty.path()}, "it holds no token"},
           {{"admin.token_file=/does/not/exist"}, "/does/not/exist"}}) {
    auto const ended = run(tracker_arguments({.settings = settings}));
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.err, HasSubstr(names));
  }
}

TEST(AdminApi, ForeignPagesAreRefused) {
  tracker server;
  auto const at = server.process().internal();

  // A form of another site: it needs no leave of ours (CORS), so its type must not do.
  EXPECT_EQ(ask(at, {.method = "POST",
                     .target = "/api/v1/drain",
                     .fields = "Content-Type: text/plain\r\nOrigin: https://evil.example\r\n",
                     .body = "{}"})
                .status,
            415);
  // A page whose name leads here (DNS rebinding): to the browser it is of the same site.
  auto connection = stream::connect(at);
  connection.send("POST /api/v1/drain HTTP/1.1\r\nHost: evil.example:" + std::to_string(at.port) +
                  "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(read_response(connection).status, 403);
  EXPECT_EQ(ask(at, {.method = "OPTIONS", .target = "/api/v1/drain"}).status, 405);
  EXPECT_EQ(ask(at, {.target = "/readyz"}).status, 200);
}

TEST(AdminApi, BodyPastTheLimitIs413) {
  tracker server;
  EXPECT_EQ(ask(server.process().internal(), {.method = "PUT",
                                              .target = "/api/v1/log/levels",
                                              .fields = as_json,
                                              .body = std::string(16'385, ' ')})
                .status,
            413);
}

TEST(AdminApi, EventsBringOverviewsAndLines) {
  tracker server{{.settings = {"log.level=debug"}}};
  auto const at = server.process().internal();
  event_reader events{at};

  EXPECT_TRUE(events.sees("event: overview\ndata: {\"version\":")) << events.received();
  EXPECT_THAT(events.received(), StartsWith("HTTP/1.1 200"));
  // A refused request is logged, and so the stream tells of it.
  ask(at, {.method = "GET", .target = "/api/v1/overview", .fields = "Host: twice\r\n"});
  EXPECT_TRUE(events.sees("admin request refused")) << events.received();

  // Somebody who listens does not keep the server from ending.
  auto const begin = std::chrono::steady_clock::now();
  EXPECT_EQ(server.process().stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(AdminApi, AReloadBySignalIsToldAndWrittenDownLikeOneByTheApi) {
  tracker server;
  event_reader events{server.process().internal()};
  ASSERT_TRUE(events.sees("event: overview"));
  server.process().signal(SIGHUP);
  EXPECT_TRUE(events.sees(R"(event: reload)")) << events.received();
  EXPECT_TRUE(events.sees(R"("ok":true)")) << events.received();
  auto const audit = admin_client{server.process().internal()}.get("audit").at("items");
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].at("action"), "reload");
  EXPECT_EQ(audit[0].at("actor"), "signal");
}

}  // namespace
}  // namespace waggle::test

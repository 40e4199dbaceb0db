// SPDX-License-Identifier: Apache-2.0
// What the listeners for clients serve beside WebSockets.
#include "tests/integration/tracker.hpp"
#include "tests/support/stream.hpp"

#include <string>
#include <vector>

namespace waggle::test {
namespace {

http_response ask(tracker const& server, std::string const& request_line,
                  std::string const& fields = {}) {
  auto line = stream::connect(server.plain());
  line.send(request_line + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
  return read_response(line);
}

TEST(PublicPages, HaveTheClientForPagesOfAnyOrigin) {
  tracker const server;

  auto const whole = ask(server, "GET /waggle.js", "Origin: https://example.org\r\n");
  auto const small = ask(server, "GET /waggle.min.js");

  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(whole.header("access-control-allow-origin"), "*");
  EXPECT_EQ(whole.header("x-content-type-options"), "nosniff");
  EXPECT_NE(whole.body.find("export class Waggle"), std::string::npos);
  EXPECT_EQ(small.status, 200);
  EXPECT_LE(small.body.size(), whole.body.size());
}

TEST(PublicPages, AreNotSentAgainToWhoHasThem) {
  tracker const server;
  auto const first = ask(server, "GET /waggle.js");

  auto const again =
      ask(server, "GET /waggle.js", "If-None-Match: " + first.header("etag") + "\r\n");

  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
}

TEST(PublicPages, HaveDemosOnlyWhereTheyAreWanted) {
  tracker const plain;
  tracker const showing{{.arguments = {"--demo"}}};

  EXPECT_EQ(ask(plain, "GET /demo/").status, 426);
  EXPECT_EQ(ask(plain, "GET /demo/drop.html").status, 426);
  EXPECT_EQ(ask(showing, "GET /demo").status, 308);
  auto const page = ask(showing, "GET /demo/");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.header("content-security-policy").find("default-src 'self'"), std::string::npos);
  EXPECT_EQ(ask(showing, "GET /demo/sample/init.mp4").header("content-type"), "video/mp4");
}

TEST(PublicPages, AreNothingElse) {
  tracker const server{{.arguments = {"--demo"}}};

  for (auto const* target : {"/", "/demo/../waggle.js", "/demo/%64rop.html", "//waggle.js",
                             "/etc/passwd", "/demo/make-sample.sh", "waggle.js", "*"}) {
    EXPECT_EQ(ask(server, std::string{"GET "} + target).status, 426) << target;
  }
  EXPECT_EQ(ask(server, "POST /waggle.js", "Content-Length: 0\r\n").status, 426);
  EXPECT_EQ(server.metric("waggle_http_requests_total"), 9);
}

TEST(PublicPages, CostNothingWhileNobodyReadsThem) {
  tracker server{{.settings = {"network.setup_deadline=1s"}, .arguments = {"--demo"}}};
  std::vector<stream> lines;
  for (int each = 0; each < 50; ++each) {
    lines.push_back(stream::connect(server.plain()));
    lines.back().send("GET /demo/vendor/hls.mjs HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  // Others are served meanwhile, and the deadline of the set-up ends them.
  EXPECT_EQ(ask(server, "GET /waggle.js").status, 200);
  EXPECT_TRUE(eventually([&] { return server.metric("process_open_fds") < 50; }));
}

}  // namespace
}  // namespace waggle::test

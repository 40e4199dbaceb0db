// SPDX-License-Identifier: Apache-2.0
// A PeerTube site whose viewers are Waggle's, in nginx as its operator would configure it.
#include "tests/proxies/real_proxy.hpp"
#include "tests/proxies/upstream.hpp"
#include "tests/proxies/viewers.hpp"
#include "tests/support/doctor_process.hpp"

namespace waggle::test {
namespace {

/// The part of a site that was there before Waggle: everything goes to PeerTube.
std::string site(endpoint const& at, upstream const& peertube, std::string const& location) {
  return "upstream peertube { server " + address_of(peertube.at()) + "; }\nserver {\nlisten " +
         address_of(at) + ";\n" + location + "location / { proxy_pass http://peertube; }\n}\n";
}

TEST(PeerTube, GivesItsViewersToWaggleAndKeepsTheRest) {
  tracker server{{.arguments = {"--trusted-proxies", "127.0.0.1"}}};
  upstream const peertube{"peertube"};
  endpoint const at{"ws", "127.0.0.1", free_port()};
  auto const above = with(snippet("/etc/nginx/sites-available/peertube, above the server block"),
                          "127.0.0.1:8000", address_of(server.plain()));
  auto const location =
      snippet("/etc/nginx/sites-available/peertube, instead of the location of this name");
  auto const proxy = real_proxy::nginx(at, above + site(at, peertube, location));

  auto first = viewer(proxy.at(), "127.0.0.2", "/tracker/socket");
  auto second = viewer(proxy.at(), "127.0.0.3", "/tracker/socket");

  expect_exchange(first, second);
  expect_right_addresses(server, "x_forwarded_for");
  for (std::string const target :
       {"/tracker/announce?info_hash=x", "/tracker/sockets", "/tracker/socket/x", "/"}) {
    auto const answer = http_get(proxy.at(), target);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "peertube " + target);
  }
  EXPECT_EQ(http_get(proxy.at(), "/tracker/socket").status, 426);

  auto const root = "ws://" + address_of(proxy.at());
  EXPECT_EQ(run_doctor({root + "/tracker/socket"}).code, 0);
  auto const elsewhere = run_doctor({root + "/tracker/sockets"});
  EXPECT_EQ(elsewhere.code, 1);
  EXPECT_THAT(elsewhere.of("upgrade").text, testing::HasSubstr("leads to another site"));
}

}  // namespace
}  // namespace waggle::test

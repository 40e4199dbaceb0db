// SPDX-License-Identifier: Apache-2.0
#include "tests/proxies/real_proxy.hpp"
#include "tests/proxies/snippets.hpp"
#include "tests/proxies/viewers.hpp"

namespace waggle::test {
namespace {

TEST(Nginx, NamesTheClientOverTlsAndWithout) {
  certificate const pair;
  for (std::string const scheme : {"ws", "wss"}) {
    SCOPED_TRACE(scheme);
    tracker server{{.arguments = {"--trusted-proxies", "127.0.0.1"}}};
    endpoint const at{scheme, "127.0.0.1", free_port()};
    auto const proxy = real_proxy::nginx(at, nginx_snippet(at, server.plain(), pair));

    auto first = viewer(proxy.at(), "127.0.0.2");
    auto second = viewer(proxy.at(), "127.0.0.3");

    expect_exchange(first, second);
    expect_right_addresses(server, "x_forwarded_for");
  }
}

TEST(Nginx, ThatIsNotTrustedCountsItself) {
  certificate const pair;
  tracker server;
  endpoint const at{"ws", "127.0.0.1", free_port()};
  auto const proxy = real_proxy::nginx(at, nginx_snippet(at, server.plain(), pair));

  auto first = viewer(proxy.at(), "127.0.0.2");
  auto second = viewer(proxy.at(), "127.0.0.3");

  expect_exchange(first, second);
  EXPECT_EQ(server.connections_of("127.0.0.1"), 2);
  EXPECT_EQ(server.metric("waggle_client_addresses"), 1);
  EXPECT_EQ(server.metric("waggle_client_connections_max"), 2);
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/proxies/real_proxy.hpp"
#include "tests/proxies/snippets.hpp"
#include "tests/proxies/viewers.hpp"

namespace waggle::test {
namespace {

TEST(Caddy, NamesTheClient) {
  certificate const pair;
  tracker server{{.arguments = {"--trusted-proxies", "127.0.0.1"}}};
  endpoint const at{"wss", "127.0.0.1", free_port()};
  auto const proxy = real_proxy::caddy(at, caddy_snippet(at, server.plain(), pair));

  auto first = viewer(proxy.at(), "127.0.0.2");
  auto second = viewer(proxy.at(), "127.0.0.3");

  expect_exchange(first, second);
  expect_right_addresses(server, "x_forwarded_for");
}

}  // namespace
}  // namespace waggle::test

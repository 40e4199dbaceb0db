// SPDX-License-Identifier: Apache-2.0
#include "tests/proxies/real_proxy.hpp"
#include "tests/proxies/snippets.hpp"
#include "tests/proxies/viewers.hpp"

#include <fstream>
#include <sstream>

namespace waggle::test {
namespace {

class Haproxy : public testing::Test {
 protected:
  /// Certificate and key in one file, as HAProxy wants them.
  [[nodiscard]] std::string both() const {
    std::ostringstream text;
    text << std::ifstream{pair_.certificate_file()}.rdbuf()
         << std::ifstream{pair_.key_file()}.rdbuf();
    return folder_.write("both.pem", text.str());
  }
  [[nodiscard]] std::string with_certificate(std::string text) const {
    return with(std::move(text), "/etc/ssl/tracker.example.org/both.pem", both());
  }
  static void expect_checked(tracker const& server) {
    EXPECT_TRUE(eventually([&] {
      return server.stats().at("counters").at("waggle_http_requests_total").at("health") > 0;
    }));
    auto const failed = server.stats().at("counters").at("waggle_handshakes_failed_total");
    EXPECT_EQ(failed.at("proxy_header"), 0);
    EXPECT_EQ(failed.at("proxy_untrusted"), 0);
  }

  certificate pair_;
  temporary_folder folder_;
};

TEST_F(Haproxy, ThatForwardsRequestsNamesTheClient) {
  tracker server{{.arguments = {"--trusted-proxies", "127.0.0.1"}}};
  endpoint const at{"wss", "127.0.0.1", free_port()};
  auto const proxy = real_proxy::haproxy(at, haproxy_snippet(at, server.plain(), both()));
  expect_checked(server);

  auto first = viewer(proxy.at(), "127.0.0.2");
  auto second = viewer(proxy.at(), "127.0.0.3");

  expect_exchange(first, second);
  expect_right_addresses(server, "x_forwarded_for");
}

TEST_F(Haproxy, ThatEndsTlsNamesTheClientInAProxyHeader) {
  tracker server{{.arguments = {"--listen-proxy", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1"},
                  .default_listener = false}};
  endpoint const at{"wss", "127.0.0.1", free_port()};
  auto text = with_certificate(snippet("haproxy.cfg, TLS ended"));
  text = with(text, ":443", address_of(at));
  text = with(text, "127.0.0.1:8002", address_of(server.process().proxy()));
  auto const proxy = real_proxy::haproxy(at, text);
  expect_checked(server);

  auto first = viewer(proxy.at(), "127.0.0.2");
  auto second = viewer(proxy.at(), "127.0.0.3");

  expect_exchange(first, second);
  expect_right_addresses(server, "proxy_protocol");
}

TEST_F(Haproxy, ThatPassesTlsThroughNamesTheClientInAProxyHeader) {
  tracker server{
      {.arguments = {"--listen-tls-proxy", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1",
                     "--tls-cert", pair_.certificate_file(), "--tls-key", pair_.key_file()},
       .default_listener = false}};
  endpoint const at{"wss", "127.0.0.1", free_port()};
  auto text = snippet("haproxy.cfg, TLS passed through");
  text = with(text, ":443", address_of(at));
  text = with(text, "127.0.0.1:8444", address_of(server.process().proxy_tls()));
  auto const proxy = real_proxy::haproxy(at, text);
  expect_checked(server);

  auto first = viewer(proxy.at(), "127.0.0.2");
  auto second = viewer(proxy.at(), "127.0.0.3");

  expect_exchange(first, second);
  expect_right_addresses(server, "proxy_protocol");
}

}  // namespace
}  // namespace waggle::test

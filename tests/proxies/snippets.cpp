// SPDX-License-Identifier: Apache-2.0
#include "tests/proxies/snippets.hpp"

#include "tests/proxies/real_proxy.hpp"

namespace waggle::test {

std::string nginx_snippet(endpoint const& at, endpoint const& server, certificate const& pair) {
  auto text = snippet("/etc/nginx/conf.d/waggle.conf");
  text = with(text, "127.0.0.1:8000", address_of(server));
  text = with(text, "443 ssl", address_of(at) + (at.tls() ? " ssl" : ""));
  text = with(text, "/etc/ssl/tracker.example.org/fullchain.pem", pair.certificate_file());
  return with(text, "/etc/ssl/tracker.example.org/privkey.pem", pair.key_file());
}

std::string haproxy_snippet(endpoint const& at, endpoint const& server, std::string const& both) {
  auto text = snippet("haproxy.cfg, requests forwarded");
  text = with(text, "/etc/ssl/tracker.example.org/both.pem", both);
  text = with(text, ":443", address_of(at));
  return with(text, "127.0.0.1:8000", address_of(server));
}

std::string caddy_snippet(endpoint const& at, endpoint const& server, certificate const& pair) {
  auto const text = with(snippet("/etc/caddy/Caddyfile"), "127.0.0.1:8000", address_of(server));
  return with(
      text, "tracker.example.org {",
      "https://" + address_of(at) + " {\n  tls " + pair.certificate_file() + " " + pair.key_file());
}

}  // namespace waggle::test

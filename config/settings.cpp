// SPDX-License-Identifier: Apache-2.0
// What follows from several settings together. Pure.
#include "config/settings.hpp"

namespace waggle {

std::vector<endpoint_setting> plain_listeners(network_settings const& network,
                                              bool ipv6_available) {
  auto const elsewhere = !network.listen_tls.empty() || !network.listen_proxy.empty() ||
                         !network.listen_tls_proxy.empty();
  if (!network.listen.empty() || elsewhere) return network.listen;
  return {{.address = ipv6_available ? "::" : "0.0.0.0", .port = 8000}};
}

std::vector<endpoint_setting> stun_listeners(stun_settings const& stun, bool ipv6_available) {
  if (!stun.enabled) return {};
  if (!stun.listen.empty()) return stun.listen;
  return {{.address = ipv6_available ? "::" : "0.0.0.0", .port = stun_port}};
}

}  // namespace waggle

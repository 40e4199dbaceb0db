// SPDX-License-Identifier: Apache-2.0
#include "server/net/admission_desk.hpp"

#include "server/log.hpp"
#include "server/runtime/clock.hpp"

#include <string>

namespace waggle::net {
namespace {

/// A whole company is behind a private address, and a load balancer or a test behind loopback.
/// Where proxies are trusted that have such addresses, what they are in front of is counted as
/// well.
bool is_exempt(connection_setup const& at) {
  auto const& address = at.let_in.client.address;
  return is_local(address) && !at.host.clients().trust.covers(address);
}

bool enforces(admission_limits const& quota, admission_reason why) {
  return !quota.dry_run && (quota.address_enforce || !is_of_address(why));
}

bool is_over(std::size_t connections, std::size_t max) {
  return max != 0 && connections > max;
}

}  // namespace

bool is_refused(connection_setup const& at, admission_reason why) {
  auto const refused = !is_of_quota(why) || enforces(at.host.clients().quota, why);
  at.host.facts().add(refused ? counter::admissions_refused : counter::admissions_over_quota, why);
  if (!is_of_quota(why)) return true;  // such come all day long
  static log::rate_limit limit;
  log::warn_limited(limit, *log::net(), log::coarse_now(),
                    "newcomer over a quota reason={} network={} refused={}",
                    label::values<admission_reason>[static_cast<std::size_t>(why)],
                    to_string(shown_network(at.let_in.client.address)), refused);
  return refused;
}

void arrive(connection_setup& at, bool known) {
  auto const& rules = at.host.clients();
  if (at.arrived || !known) return;
  at.arrived = true;
  if (rules.rates == nullptr || is_exempt(at)) return;
  auto const& client = at.let_in.client.address;
  auto over = rules.rates->arrive(client, runtime::elapsed(), rules.quota.address);
  // Who will be refused in the end is spared the TLS handshake, and the server, too.
  if (!over && at.let_in.through.kind == transport::tls &&
      enforces(rules.quota, admission_reason::address_connections) &&
      is_over(rules.counts->count(client) + 1, rules.quota.address.connections_max)) {
    over = admission_reason::address_connections;
  }
  if (over && is_refused(at, *over)) at.refused = over;
}

std::optional<admission_reason> find_refusal(connection_setup const& at) {
  if (at.refused) return at.refused;
  auto const& rules = at.host.clients();
  auto const& quota = rules.quota;
  auto const of_address = rules.counts->count(at.let_in.client.address);
  if (is_over(of_address, quota.address.connections_max) && !is_exempt(at) &&
      is_refused(at, admission_reason::address_connections)) {
    return admission_reason::address_connections;
  }
  if (is_over(rules.counts->inside(), quota.connections_max) &&
      is_refused(at, admission_reason::connections)) {
    return admission_reason::connections;
  }
  if (rules.memory_full != nullptr && rules.memory_full->load(std::memory_order_relaxed) &&
      is_refused(at, admission_reason::memory)) {
    return admission_reason::memory;
  }
  return std::nullopt;
}

// Before its proxy has said who a client is, what fails is the proxy's.
void fail(connection_setup const& at, label::handshake why) {
  at.host.facts().add(counter::handshakes_failed, why);
  auto const& rules = at.host.clients();
  if (rules.rates == nullptr || !at.arrived || at.refused || is_exempt(at)) return;
  rules.rates->fail(at.let_in.client.address, runtime::elapsed(), rules.quota.address);
}

}  // namespace waggle::net

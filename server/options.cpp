// SPDX-License-Identifier: Apache-2.0
#include "server/options.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace waggle {
namespace {

std::chrono::seconds whole_seconds(std::chrono::milliseconds time) {
  // Intervals travel as whole seconds; a client that reads 0 would announce without a pause.
  return std::max(std::chrono::round<std::chrono::seconds>(time), std::chrono::seconds{1});
}

bool ipv6_available() {
  auto const probe = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  // A kernel can know the family and have no address of it.
  auto const bound =
      ::bind(probe, reinterpret_cast<sockaddr const*>(&loopback), sizeof loopback) == 0;
  ::close(probe);
  return bound;
}

session_quota_limits session_quota_from(session_settings const& from) {
  return {.messages = {.burst = from.message_burst, .per_second = from.messages_per_second},
          .bytes = {.burst = from.byte_burst, .per_second = from.bytes_per_second},
          .busy_after = from.busy_after,
          .over_max = from.over_quota_max};
}

net::admission_limits admission_limits_from(quota_settings const& from) {
  return {.address = {.connections_max = from.address_connections_max,
                      .connections_per_second = from.address_connections_per_second,
                      .failures_per_minute = from.address_failures_per_minute},
          .address_enforce = from.address_enforce,
          .connections_max = from.connections_max,
          .dry_run = from.dry_run};
}

tracker_limits tracker_limits_from(settings const& from) {
  return {.memberships_max = from.session.memberships_max,
          .scrapes_max = from.session.scrapes_max,
          .interval_min = whole_seconds(from.webtorrent.interval_min),
          .interval_max = whole_seconds(from.webtorrent.interval_max),
          .interval_other = whole_seconds(from.webtorrent.interval_other),
          .probe_deadline = from.swarm.probe_deadline,
          .member_ttl = from.swarm.member_ttl,
          .scrape_all = from.webtorrent.scrape_all};
}

void take_native(native_settings const& from, core_options& to) {
  auto const report = std::chrono::ceil<std::chrono::seconds>(from.report).count();
  to.setup.native = from.enabled;
  to.native.policy = {.p2p = from.p2p,
                      .want = static_cast<std::uint8_t>(from.want),
                      .report_s = static_cast<std::uint32_t>(report)};
  to.shards.mesh.p2p = from.p2p;
  to.shards.mesh.want = to.native.policy.want;
  to.shards.mesh.degree_max = static_cast<std::uint8_t>(from.links_max);
  to.shards.mesh.link_deadline = from.link_deadline;
  to.seats.grace = from.grace;
}

}  // namespace

core_options core_options_from(settings const& from, std::size_t cores) {
  core_options to;
  to.sessions.reader.message_bytes_max = from.session.message_bytes_max;
  to.sessions.liveness = {.ping_after = from.session.ping_after,
                          .dead_after = from.session.dead_after,
                          .message_deadline = from.session.message_deadline,
                          .close_deadline = from.session.close_deadline,
                          .first_message_deadline = from.session.first_message_deadline};
  to.sessions.quota = session_quota_from(from.session);
  to.sessions.outbox_bytes_max = from.session.outbox_bytes_max;
  to.sessions.outbox_bytes_total_max = from.session.outbox_bytes_total_max / cores;
  // However many cores share it, one long message must always fit.
  to.sessions.partial_bytes_total_max =
      std::max(from.session.partial_bytes_total_max / cores, 2 * from.session.message_bytes_max);
  to.sessions.offer_delay_max = from.session.offer_delay_max;
  to.listening = listen_options_from(from);
  to.setup = {.head_bytes_max = from.network.head_bytes_max,
              .deadline = from.network.setup_deadline};
  to.shards.swarms.members_max = from.swarm.members_max;
  to.shards.swarms.member_ttl = from.swarm.member_ttl;
  to.shards.swarms.member_ttl_passive = from.swarm.member_ttl_passive;
  to.shards.swarms.late_after = from.swarm.late_after;
  to.shards.routes.route_ttl = from.swarm.route_ttl;
  to.shards.routes.routes_per_sender_max = from.swarm.routes_per_sender_max;
  to.shards.routes.routes_max = from.swarm.routes_max;
  to.shards.completions_max = from.storage.swarms_max;
  to.tracker = tracker_limits_from(from);
  to.webtorrent = {.offers_max = from.webtorrent.offers_max,
                   .offer_id_bytes_max = from.webtorrent.offer_id_bytes_max,
                   .scrape_hashes_max = from.webtorrent.scrape_hashes_max,
                   .json_depth_max = from.webtorrent.json_depth_max};
  to.shards.recorder_bytes = from.admin.recorder_bytes;
  to.native.memberships_max = from.session.memberships_max;
  take_native(from.native, to);
  to.mailbox.relay_bytes_max = from.mailbox.relay_bytes_max;
  to.tick = from.network.tick;
  to.clients.trust = proxy_trust_from(from.network);
  to.clients.quota = admission_limits_from(from.quota);
  return to;
}

std::vector<endpoint_setting> stun_endpoints_from(stun_settings const& from) {
  return stun_listeners(from, ipv6_available());
}

net::share_limits stun_limits_from(stun_settings const& from) {
  // Those that a client asks in one go come again for each interface and family.
  constexpr std::uint64_t burst_seconds = 5;
  return {.all = {.burst = from.requests_per_second, .per_second = from.requests_per_second},
          .source = {.burst = burst_seconds * from.source_per_second,
                     .per_second = from.source_per_second}};
}

std::vector<listen_request> listen_requests_from(network_settings const& from) {
  std::vector<listen_request> requests;
  for (auto const& where : plain_listeners(from, ipv6_available())) {
    requests.push_back({where, {net::transport::plain}});
  }
  for (auto const& where : from.listen_tls) requests.push_back({where, {net::transport::tls}});
  for (auto const& where : from.listen_proxy) {
    requests.push_back({where, {net::transport::plain, /*with_proxy_header=*/true}});
  }
  for (auto const& where : from.listen_tls_proxy) {
    requests.push_back({where, {net::transport::tls, /*with_proxy_header=*/true}});
  }
  return requests;
}

certificate_options certificate_options_from(settings const& from) {
  auto const& network = from.network;
  if (network.listen_tls.empty() && network.listen_tls_proxy.empty()) return {};
  return {.files = {from.tls.cert, from.tls.key}, .check_interval = from.tls.check_interval};
}

proxy_trust proxy_trust_from(network_settings const& from) {
  return {.proxies = from.trusted_proxies,
          .field = from.forwarded_header == forwarded_header_field::forwarded
                       ? forwarded_field::forwarded
                       : forwarded_field::x_forwarded_for};
}

net::listen_options listen_options_from(settings const& from) {
  return {.backlog = static_cast<int>(from.network.backlog),
          .send_buffer_bytes = static_cast<int>(from.session.send_buffer_bytes)};
}

log::log_options log_options_from(log_settings const& from) {
  // The two enums name the same levels in the same order, `inherit` behind them.
  auto const level = [&](log_level area) {
    return static_cast<log::level>(effective_level(from, area));
  };
  return {.level = level(log_level::inherit),
          .format = from.format == log_format::json ? log::format::json : log::format::text,
          .area_levels = {level(from.net), level(from.session), level(from.shard),
                          level(from.control), level(log_level::inherit)}};
}

}  // namespace waggle

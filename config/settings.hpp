// SPDX-License-Identifier: Apache-2.0
// Every setting with its default: plain structs, one a section. What a setting means, its bounds
// and whether it can change at run time stand in the table of config/fields.cpp. Only server/app
// sees all of this; every other part gets its own small limits. Pure values.
#pragma once

#include "config/endpoint.hpp"
#include "protocol/ip_address.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace waggle {

inline constexpr std::size_t kibibyte = 1024;
inline constexpr std::size_t mebibyte = 1024 * kibibyte;
inline constexpr std::size_t gibibyte = 1024 * mebibyte;

/// Which field of a request the trusted proxies name the client in.
enum class forwarded_header_field : std::uint8_t { x_forwarded_for, forwarded };

struct network_settings {
  std::vector<endpoint_setting> listen;  // empty: see plain_listeners()
  std::vector<endpoint_setting> listen_tls;
  std::vector<endpoint_setting> listen_proxy;  // the same behind a PROXY header
  std::vector<endpoint_setting> listen_tls_proxy;
  endpoint_setting internal{.address = "127.0.0.1", .port = 8001};
  std::vector<ip_network> trusted_proxies;
  forwarded_header_field forwarded_header = forwarded_header_field::x_forwarded_for;
  std::uint32_t cores = 0;  // 0: as many as affinity and cgroup quota allow
  std::uint32_t backlog = 1024;
  std::size_t head_bytes_max = 8 * kibibyte;
  std::chrono::milliseconds setup_deadline{10'000};
  std::chrono::milliseconds tick{250};
  std::uint32_t drain_seconds = 5;
  bool demo = false;

  bool operator==(network_settings const&) const = default;
};

struct tls_settings {
  std::string cert;
  std::string key;
  std::chrono::milliseconds check_interval{1'000};

  bool operator==(tls_settings const&) const = default;
};

struct session_settings {
  std::size_t message_bytes_max = 64 * kibibyte;
  std::chrono::milliseconds ping_after{25'000};
  std::chrono::milliseconds dead_after{60'000};
  std::chrono::milliseconds message_deadline{30'000};
  std::chrono::milliseconds close_deadline{5'000};
  std::size_t outbox_bytes_max = 256 * kibibyte;
  std::size_t outbox_bytes_total_max = 256 * mebibyte;  // all sessions of the process together
  std::size_t partial_bytes_total_max = 64 * mebibyte;  // likewise
  std::size_t send_buffer_bytes = 128 * kibibyte;
  std::chrono::milliseconds offer_delay_max{250};
  std::uint32_t memberships_max = 1'000;
  std::uint32_t scrapes_max = 4;
  std::chrono::milliseconds first_message_deadline{30'000};
  std::uint32_t message_burst = 2'000;
  std::uint32_t messages_per_second = 1'000;
  std::size_t byte_burst = 2 * mebibyte;
  std::size_t bytes_per_second = 4 * mebibyte;
  std::chrono::milliseconds busy_after{10};
  std::chrono::milliseconds over_quota_max{60'000};

  bool operator==(session_settings const&) const = default;
};

struct quota_settings {
  std::uint32_t address_connections_max = 2'000;
  std::uint32_t address_connections_per_second = 50;
  std::uint32_t address_failures_per_minute = 120;
  bool address_enforce = false;
  std::uint32_t connections_max = 0;
  std::size_t memory_max = 0;
  bool dry_run = false;

  bool operator==(quota_settings const&) const = default;
};

struct swarm_settings {
  std::uint32_t members_max = 2'000'000;
  std::chrono::milliseconds member_ttl{150'000};
  std::chrono::milliseconds member_ttl_passive{300'000};
  std::chrono::milliseconds late_after{10'000};
  std::chrono::milliseconds probe_deadline{10'000};
  std::chrono::milliseconds route_ttl{120'000};
  std::uint32_t routes_per_sender_max = 200;
  std::uint32_t routes_max = 1'000'000;  // per core

  bool operator==(swarm_settings const&) const = default;
};

struct webtorrent_settings {
  std::uint32_t offers_max = 20;
  std::size_t offer_id_bytes_max = 256;
  std::chrono::milliseconds interval_min{54'000};
  std::chrono::milliseconds interval_max{60'000};
  std::chrono::milliseconds interval_other{20'000};
  bool scrape_all = false;
  std::uint32_t scrape_hashes_max = 256;
  std::uint32_t json_depth_max = 32;

  bool operator==(webtorrent_settings const&) const = default;
};

struct native_settings {
  bool enabled = true;
  bool p2p = true;
  std::uint32_t want = 8;
  std::uint32_t links_max = 24;
  std::chrono::milliseconds link_deadline{20'000};
  std::chrono::milliseconds grace{30'000};
  std::chrono::milliseconds report{30'000};

  bool operator==(native_settings const&) const = default;
};

/// "stun:stun.example.org:3478", "turns:turn.example.org?transport=tcp" (RFC 7064, RFC 7065).
struct ice_url_setting {
  std::string url;

  bool operator==(ice_url_setting const&) const = default;
};

/// What native clients, and those who ask for /ice, learn of ICE servers.
struct ice_settings {
  std::vector<ice_url_setting> urls;
  std::string turn_secret;  // of the TURN servers among them; empty: they have no credentials
  std::chrono::milliseconds turn_ttl{3'600'000};

  bool operator==(ice_settings const&) const = default;
};

struct stun_settings {
  bool enabled = true;
  std::vector<endpoint_setting> listen;  // empty: see stun_listeners()
  std::string host;                      // as clients reach it; empty: as they have reached us
  std::uint32_t source_per_second = 200;
  std::uint32_t requests_per_second = 20'000;

  bool operator==(stun_settings const&) const = default;
};

/// Which swarms are served. `open`, `allow` and `deny` speak of access.info_hashes; `registered`:
/// what content_file names; `token`: what the client's token says.
enum class access_mode_setting : std::uint8_t { open, allow, deny, registered, token };
enum class access_refusal : std::uint8_t { quiet, failure };
/// What of a session description reaches the other peer (docs/protocol/ice_policy.md).
enum class ice_policy_setting : std::uint8_t { all, no_host_cross_ip, relay_only };

/// "https://*.example.org", or "none" for requests without an Origin.
struct origin_setting {
  std::string pattern;

  bool operator==(origin_setting const&) const = default;
};

/// "KID:SECRET", for tokens that are signed with HS256.
struct secret_setting {
  std::string kid;
  std::string secret;

  bool operator==(secret_setting const&) const = default;
};

struct access_settings {
  access_mode_setting mode = access_mode_setting::open;
  std::vector<std::string> info_hashes;  // 40 hexadecimal digits each, lower case
  std::string allow_file;
  std::string deny_file;
  std::string content_file;
  std::vector<origin_setting> origins;  // empty: any
  bool unnamed = false;
  ice_policy_setting ice_policy = ice_policy_setting::all;
  access_refusal refusal = access_refusal::quiet;
  std::chrono::milliseconds denied_interval{1'800'000};
  std::string warning = "this swarm is not served here";

  bool operator==(access_settings const&) const = default;
};

struct tokens_settings {
  std::vector<secret_setting> secrets;
  std::string jwks_file;
  std::string issuer;
  std::string audience;
  std::chrono::milliseconds leeway{30'000};
  std::chrono::milliseconds reconnect_grace{0};
  std::uint32_t connections_max = 8;  // of one token that has a jti; 0: any number
  bool in_announce = false;

  bool operator==(tokens_settings const&) const = default;
};

/// Of one tenant; 0: as the server's own limits say.
struct limits_settings {
  std::uint32_t connections_max = 0;
  std::uint32_t swarms_max = 0;
  std::uint32_t messages_per_second = 0;
  std::uint32_t memberships_max = 0;  // of one connection
  std::uint32_t members_max = 0;      // of one swarm

  bool operator==(limits_settings const&) const = default;
};

/// What a tenant has of its own. Each begins with the defaults, not with what the configuration
/// says of connections that name no tenant.
struct tenant_settings {
  access_settings access;
  tokens_settings tokens;
  limits_settings limits;
  ice_settings ice;

  bool operator==(tenant_settings const&) const = default;
};

struct mailbox_settings {
  std::size_t relay_bytes_max = 8 * mebibyte;  // per destination core

  bool operator==(mailbox_settings const&) const = default;
};

struct admin_settings {
  std::string token;
  std::string token_file;
  std::size_t recorder_bytes = 256 * 1024;  // per core

  bool operator==(admin_settings const&) const = default;
};

struct storage_settings {
  std::string url = "memory:";
  std::uint32_t swarms_max = 100'000;
  std::uint32_t audit_max = 100'000;
  std::uint32_t queue_max = 65'536;
  std::chrono::milliseconds series_interval{60'000};

  bool operator==(storage_settings const&) const = default;
};

/// `inherit` is written as an empty string and exists for areas only: they then follow log.level.
enum class log_level : std::uint8_t { trace, debug, info, warn, error, off, inherit };
enum class log_format : std::uint8_t { text, json };

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::text;
  log_level net = log_level::inherit;
  log_level session = log_level::inherit;
  log_level shard = log_level::inherit;
  log_level control = log_level::inherit;

  bool operator==(log_settings const&) const = default;
};

struct settings {
  network_settings network;
  tls_settings tls;
  session_settings session;
  quota_settings quota;
  swarm_settings swarm;
  webtorrent_settings webtorrent;
  native_settings native;
  access_settings access;  // of connections that name no tenant; likewise tokens and limits
  tokens_settings tokens;
  limits_settings limits;
  ice_settings ice;
  stun_settings stun;
  mailbox_settings mailbox;
  admin_settings admin;
  storage_settings storage;
  log_settings log;
  std::map<std::string, tenant_settings> tenants;  // by the name that paths and tokens know

  bool operator==(settings const&) const = default;
};

/// More are refused.
inline constexpr std::size_t tenants_max = 10'000;

/// Where to listen without TLS: network.listen; if that is empty, port 8000 of every address, or
/// nothing where another listener is given.
/// @param ipv6_available  whether this machine can open an IPv6 socket.
[[nodiscard]] std::vector<endpoint_setting> plain_listeners(network_settings const& network,
                                                            bool ipv6_available);

/// Beside the port 3478 that TURN servers have.
inline constexpr std::uint16_t stun_port = 3479;

/// Where to listen for STUN: stun.listen; if that is empty, port 3479 of every address.
[[nodiscard]] std::vector<endpoint_setting> stun_listeners(stun_settings const& stun,
                                                           bool ipv6_available);

/// The level of an area: its own, or log.level where it inherits.
[[nodiscard]] inline log_level effective_level(log_settings const& log, log_level area) {
  return area == log_level::inherit ? log.level : area;
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The one table of settings: key, bounds, whether a reload applies it, short flag, explanation.
// A row's type and default come from the struct member it names (config/settings.hpp). Pure.
#include "config/fields.hpp"

#include <algorithm>
#include <array>

namespace waggle {
namespace {

template <auto Section, auto Member>
value_ref in(settings& all) {
  return &(all.*Section.*Member);
}

// Milliseconds, the unit in which the table counts durations.
constexpr std::uint64_t second = 1000;
constexpr std::uint64_t minute = 60 * second;
constexpr std::uint64_t hour = 60 * minute;

constexpr std::uint64_t listeners_max = 64;
constexpr std::uint64_t networks_max = 256;
constexpr std::uint64_t path_bytes_max = 4095;  // PATH_MAX of Linux, without the final NUL

constexpr bool fixed = false;
constexpr bool reload = true;
constexpr bool secret = true;

// A table is read by its columns.
// clang-format off
#define WAGGLE_AT(section, name) #section, #name, &in<&settings::section, &section##_settings::name>

constexpr field fields[] = {
  {WAGGLE_AT(network, listen), {0, listeners_max}, fixed, "--listen",
   "Addresses of the listeners for clients without TLS. Empty: `[::]:8000` (`0.0.0.0:8000` where "
   "IPv6 is absent), or none if another listener is given."},
  {WAGGLE_AT(network, listen_tls), {0, listeners_max}, fixed, "--listen-tls",
   "Addresses of the listeners for clients with TLS; needs `tls.cert` and `tls.key`."},
  {WAGGLE_AT(network, listen_proxy), {0, listeners_max}, fixed, "--listen-proxy",
   "Addresses of the listeners without TLS whose connections begin with a PROXY header (version 1 "
   "or 2), which names the client. Only for proxies to reach."},
  {WAGGLE_AT(network, listen_tls_proxy), {0, listeners_max}, fixed, "--listen-tls-proxy",
   "The same with TLS behind the PROXY header; needs `tls.cert` and `tls.key`."},
  {WAGGLE_AT(network, internal), {0, 65535}, fixed, "--internal",
   "Address of the listener for operators: metrics, health, statistics. Keep it private."},
  {WAGGLE_AT(network, trusted_proxies), {0, networks_max}, reload, "--trusted-proxies",
   "Addresses and networks (`10.0.0.0/8`) of the proxies that are believed when they name the "
   "client. Empty: no request header is believed, and every PROXY header is."},
  {WAGGLE_AT(network, forwarded_header), {0, 1}, reload, "",
   "Request header in which the trusted proxies name the client. The other one is ignored, since a "
   "proxy passes it on as the client wrote it."},
  {WAGGLE_AT(network, cores), {0, 256}, fixed, "--cores",
   "Threads that serve clients. 0: as many as CPU affinity and cgroup quota allow."},
  {WAGGLE_AT(network, backlog), {1, 65535}, reload, "",
   "Connections that may wait in the kernel to be accepted, per listener and core."},
  {WAGGLE_AT(network, head_bytes_max), {kibibyte, 64 * kibibyte}, reload, "",
   "Longest HTTP request head; a longer one is refused with 431."},
  {WAGGLE_AT(network, setup_deadline), {100, 5 * minute}, reload, "",
   "Time a connection has to finish TLS, request head and upgrade."},
  {WAGGLE_AT(network, tick), {10, second}, fixed, "",
   "Period at which each core looks at deadlines, pings and expiry."},
  {WAGGLE_AT(network, drain_seconds), {0, 3600}, reload, "--drain-seconds",
   "Seconds over which SIGTERM spreads the closing of the connections, so that the clients do not "
   "all come back at once. A container engine must wait longer before it kills."},

  {WAGGLE_AT(network, demo), {0, 1}, fixed, "--demo",
   "Whether the listeners for clients serve the demo pages at `/demo/`."},

  {WAGGLE_AT(tls, cert), {0, path_bytes_max}, fixed, "--tls-cert",
   "File with the certificate chain, PEM, leaf first."},
  {WAGGLE_AT(tls, key), {0, path_bytes_max}, fixed, "--tls-key",
   "File with the private key of the certificate, PEM without a passphrase."},
  {WAGGLE_AT(tls, check_interval), {100, hour}, reload, "",
   "Period at which both files are looked at; a pair that has changed and fits is taken into use. "
   "SIGHUP does so at once."},

  {WAGGLE_AT(session, message_bytes_max), {kibibyte, 16 * mebibyte}, reload, "",
   "Longest message of a client; a longer one closes the connection with code 1009."},
  {WAGGLE_AT(session, ping_after), {100, 10 * minute}, reload, "",
   "Silence in both directions after which the server pings."},
  {WAGGLE_AT(session, dead_after), {200, hour}, reload, "",
   "Time since the last received byte after which a connection is given up; at least twice "
   "`session.ping_after`."},
  {WAGGLE_AT(session, message_deadline), {100, 10 * minute}, reload, "",
   "Time a message has to arrive completely, from its first byte."},
  {WAGGLE_AT(session, close_deadline), {100, minute}, reload, "",
   "Time a client has to answer the server's close frame."},
  {WAGGLE_AT(session, outbox_bytes_max), {4 * kibibyte, 256 * mebibyte}, reload, "",
   "Bytes queued for one connection; past it relays are dropped, then the connection is closed."},
  {WAGGLE_AT(session, outbox_bytes_total_max), {64 * kibibyte, 1024 * gibibyte}, reload, "",
   "Memory of what is queued for all connections of the process together. As it runs out, clients "
   "that do not read get no relays; past it the one that is sent something is closed."},
  {WAGGLE_AT(session, partial_bytes_total_max), {64 * kibibyte, 1024 * gibibyte}, reload, "",
   "Memory of the incomplete messages of all connections together, and at least two longest "
   "messages per core; the connection that lets it grow further is closed with code 1013."},
  {WAGGLE_AT(session, send_buffer_bytes), {4 * kibibyte, 16 * mebibyte}, reload, "",
   "Send buffer asked of the kernel for each connection; applies to new connections."},
  {WAGGLE_AT(session, offer_delay_max), {10, minute}, reload, "",
   "Time that messages may wait for a busy core to read them; while it is further behind, it drops "
   "offers instead of relaying them, so that announces are answered in time."},
  {WAGGLE_AT(session, memberships_max), {1, 1'000'000}, reload, "",
   "Swarms, counted once per peer id, that one connection may be in."},
  {WAGGLE_AT(session, scrapes_max), {1, 1024}, reload, "",
   "Scrapes of one connection that may be in flight."},
  {WAGGLE_AT(session, first_message_deadline), {0, hour}, reload, "",
   "Time a connection has to send its first complete message; one that sends none is closed with "
   "code 4304. 0: for ever."},
  {WAGGLE_AT(session, message_burst), {16, 100'000'000}, reload, "",
   "Messages and pings that one connection may send at once; each offer that an announce has "
   "relayed counts as one more."},
  {WAGGLE_AT(session, messages_per_second), {0, 100'000'000}, reload, "",
   "Messages that it may send from then on; past them it is not read from until a part of the burst "
   "is back. 0: no limit."},
  {WAGGLE_AT(session, byte_burst), {4 * kibibyte, gibibyte}, reload, "",
   "Bytes that one connection may send at once."},
  {WAGGLE_AT(session, bytes_per_second), {0, gibibyte}, reload, "",
   "Bytes that it may send from then on, as `session.messages_per_second`. 0: no limit."},
  {WAGGLE_AT(session, busy_after), {1, minute}, reload, "",
   "Time that messages may wait for a busy core to read them; while it is further behind, only a "
   "quarter of both rates comes back to who has used half of a burst, so that whoever asks for little "
   "is served first."},
  {WAGGLE_AT(session, over_quota_max), {second, hour}, reload, "",
   "Time after which a connection that has used up a burst, and has not got back to half of it "
   "since, is closed with code 4309."},

  {WAGGLE_AT(quota, address_connections_max), {0, 10'000'000}, reload, "",
   "Open sessions of one client address, of IPv6 one /64. 0: no limit. Private, loopback and "
   "link-local addresses are exempt unless `network.trusted_proxies` covers them."},
  {WAGGLE_AT(quota, address_connections_per_second), {0, 1'000'000}, reload, "",
   "New connections of one client address per second, four times as many at once. 0: no limit."},
  {WAGGLE_AT(quota, address_failures_per_minute), {0, 1'000'000}, reload, "",
   "Handshakes of one client address that may fail per minute; past it newcomers from there are "
   "over their quota. 0: no limit."},
  {WAGGLE_AT(quota, address_enforce), {0, 1}, reload, "",
   "Whether newcomers over a quota of their address are refused with 429. If not they are counted "
   "and warned of, since a school, a company or an unlisted proxy is one address."},
  {WAGGLE_AT(quota, connections_max), {0, 100'000'000}, reload, "",
   "Open sessions of the process; newcomers past it are refused with 503. 0: what its descriptors "
   "allow."},
  {WAGGLE_AT(quota, memory_max), {0, 1024 * gibibyte}, reload, "",
   "Resident memory of the process at which newcomers are refused with 503, until it is below 95 % "
   "of that. 0: no limit."},
  {WAGGLE_AT(quota, dry_run), {0, 1}, reload, "",
   "Whether quotas only count the newcomers that they would have refused."},

  {WAGGLE_AT(swarm, members_max), {1, 100'000'000}, reload, "",
   "Members of one swarm; past it a peer is served, but not remembered."},
  {WAGGLE_AT(swarm, member_ttl), {100, 24 * hour}, reload, "",
   "Time without an announce that ends a membership; never less than 2.5 announce intervals."},
  {WAGGLE_AT(swarm, member_ttl_passive), {100, 24 * hour}, reload, "",
   "The same where the last announce carried no offers (hidden tabs, passive rooms)."},
  {WAGGLE_AT(swarm, late_after), {0, 10 * minute}, reload, "",
   "Grace over the announce interval after which a member is chosen last."},
  {WAGGLE_AT(swarm, probe_deadline), {100, 10 * minute}, reload, "",
   "Time an older connection has to show life once a newer one announced its peer id."},
  {WAGGLE_AT(swarm, route_ttl), {100, hour}, reload, "",
   "Time for which the answer to a relayed offer finds its way back."},
  {WAGGLE_AT(swarm, routes_per_sender_max), {1, 100'000}, reload, "",
   "Relayed offers of one sender that wait for an answer; the oldest is forgotten first."},
  {WAGGLE_AT(swarm, routes_max), {1, 100'000'000}, reload, "",
   "Relayed offers that wait for an answer, per core; the oldest is forgotten first."},

  {WAGGLE_AT(webtorrent, offers_max), {0, 100}, reload, "",
   "Offers relayed per announce; further ones are ignored."},
  {WAGGLE_AT(webtorrent, offer_id_bytes_max), {1, 4 * kibibyte}, reload, "",
   "Longest offer_id; an offer with a longer one is skipped."},
  {WAGGLE_AT(webtorrent, interval_min), {second, 24 * hour}, reload, "",
   "Shortest announce interval; each connection gets one between this and "
   "`webtorrent.interval_max`."},
  {WAGGLE_AT(webtorrent, interval_max), {second, 24 * hour}, reload, "",
   "Longest announce interval; at least `webtorrent.interval_min`."},
  {WAGGLE_AT(webtorrent, interval_other), {second, 24 * hour}, reload, "",
   "Announce interval of peer ids that do not begin with `-` (Trystero)."},
  {WAGGLE_AT(webtorrent, scrape_all), {0, 1}, reload, "",
   "Whether a scrape without info_hash lists every swarm."},
  {WAGGLE_AT(webtorrent, scrape_hashes_max), {1, 10'000}, reload, "",
   "Info hashes in one scrape."},
  {WAGGLE_AT(webtorrent, json_depth_max), {8, 256}, reload, "",
   "Deepest nesting of arrays and objects in a message."},

  {WAGGLE_AT(native, enabled), {0, 1}, reload, "",
   "Whether the native protocol is spoken (docs/protocol/native.md). Open sessions stay."},
  {WAGGLE_AT(native, p2p), {0, 1}, reload, "",
   "Whether native clients may have links. If not they close those that they have."},
  {WAGGLE_AT(native, want), {0, 24}, reload, "",
   "Links that a native client gets if it does not say how many it would like."},
  {WAGGLE_AT(native, links_max), {1, 24}, reload, "",
   "Most links of one peer in one swarm."},
  {WAGGLE_AT(native, link_deadline), {second, 10 * minute}, reload, "",
   "Time from a match to its outcome; without one the link is given up."},
  {WAGGLE_AT(native, grace), {0, 10 * minute}, reload, "",
   "Time for which a session that lost its connection can be resumed, its neighbours unaware."},
  {WAGGLE_AT(native, report), {0, hour}, reload, "",
   "Period at which native clients report their traffic, in whole seconds. 0: they do not."},

  {WAGGLE_AT(access, mode), {0, 4}, reload, "",
   "Which swarms are served: all, only those of `access.info_hashes` and `access.allow_file`, all "
   "but those of `access.info_hashes`, only what `access.content_file` names, or what the client's "
   "token says."},
  {WAGGLE_AT(access, info_hashes), {0, 100'000}, reload, "",
   "The list that `access.mode` speaks of: info hashes of 40 hexadecimal digits."},
  {WAGGLE_AT(access, allow_file), {0, path_bytes_max}, reload, "",
   "File with info hashes, one a line, that are served in the modes `allow` and `registered`, too. "
   "Read again when it changes."},
  {WAGGLE_AT(access, deny_file), {0, path_bytes_max}, reload, "",
   "File with info hashes, one a line, that are never served, whatever the mode. Read again when "
   "it changes."},
  {WAGGLE_AT(access, content_file), {0, path_bytes_max}, reload, "",
   "File that names content (docs/content.md): what is served in the mode `registered`, what tokens "
   "may speak of, and the names that statistics show. Read again when it changes."},
  {WAGGLE_AT(access, origins), {0, 256}, reload, "",
   "Pages that may connect, by their Origin: `https://example.org`, `https://*.example.org`; `none` "
   "lets in who sends no Origin. Empty: everybody. A filter, no proof: who is no browser says "
   "what it likes."},
  {WAGGLE_AT(access, unnamed), {0, 1}, reload, "",
   "Where there are tenants: whether a connection that names none is served, by this section, "
   "`tokens` and `limits`. Without tenants it always is."},
  {WAGGLE_AT(access, ice_policy), {0, 2}, reload, "",
   "What peers learn of each other's addresses: everything; host candidates only if they share a "
   "public address; or nothing but relays (TURN). See docs/protocol/ice_policy.md."},
  {WAGGLE_AT(access, refusal), {0, 1}, reload, "",
   "How a swarm is refused: a normal reply without peers and one warning, or a failure."},
  {WAGGLE_AT(access, denied_interval), {second, 24 * hour}, reload, "",
   "Announce interval of a connection none of whose swarms is served."},
  {WAGGLE_AT(access, warning), {0, kibibyte}, reload, "",
   "Text of the warning or failure. Empty: none with a quiet refusal."},

  {WAGGLE_AT(tokens, secrets), {0, 16}, reload, "",
   "Secrets of tokens (JWT) that are signed with HS256, as `KID:SECRET`, each at least 32 bytes. "
   "Prefer `tokens.jwks_file` or the environment to a flag.", secret},
  {WAGGLE_AT(tokens, jwks_file), {0, path_bytes_max}, reload, "",
   "File with a JWK set (RFC 7517): the keys of HS256, RS256 and ES256 tokens. Read again when it "
   "changes. Without keys no token is looked at."},
  {WAGGLE_AT(tokens, issuer), {0, kibibyte}, reload, "",
   "What the claim `iss` of a token must say. Empty: anything."},
  {WAGGLE_AT(tokens, audience), {0, kibibyte}, reload, "",
   "What the claim `aud` of a token must name. Empty: only tokens without `aud` are good."},
  {WAGGLE_AT(tokens, leeway), {0, 10 * minute}, reload, "",
   "How far the clock of whoever signs tokens may be off."},
  {WAGGLE_AT(tokens, reconnect_grace), {0, 30 * 24 * hour}, reload, "",
   "Time past its end for which a token, signed by a key that is still known and not revoked, lets "
   "its client connect again. Clients that cannot change their URL need 6 hours or more."},
  {WAGGLE_AT(tokens, connections_max), {0, 1'000'000}, reload, "",
   "Connections at once with one token that has a `jti`; its claim `cap.connections` may say less. "
   "0: any number."},
  {WAGGLE_AT(tokens, in_announce), {0, 1}, reload, "",
   "Whether a client may connect without a token and show one in the field `token` of its "
   "announces instead."},

  {WAGGLE_AT(limits, connections_max), {0, 100'000'000}, reload, "",
   "Connections of the tenant. 0: as many as the server takes; likewise below."},
  {WAGGLE_AT(limits, swarms_max), {0, 100'000'000}, reload, "",
   "Swarms of the tenant that have members; past it a peer is answered, but not remembered."},
  {WAGGLE_AT(limits, messages_per_second), {0, 100'000'000}, reload, "",
   "Messages of all clients of the tenant together; past it announces are answered without being "
   "matched, and answers are dropped."},
  {WAGGLE_AT(limits, memberships_max), {0, 1'000'000}, reload, "",
   "Swarms, counted once per peer id, that one connection may be in; a token's claim `cap.swarms` "
   "may say less."},
  {WAGGLE_AT(limits, members_max), {0, 100'000'000}, reload, "",
   "Members of one swarm."},

  {WAGGLE_AT(ice, urls), {0, 16}, reload, "",
   "STUN and TURN servers that clients are told of, beside the one of the section `stun`: "
   "`stun:stun.example.org`, `turn:turn.example.org:3478?transport=udp`."},
  {WAGGLE_AT(ice, turn_secret), {0, kibibyte}, reload, "",
   "Secret that these TURN servers share with this one (coturn: `static-auth-secret`). With it each "
   "client gets credentials of its own, also from `/ice`; without, none.", secret},
  {WAGGLE_AT(ice, turn_ttl), {minute, 24 * hour}, reload, "",
   "Time for which such credentials are good. Native clients get new ones before."},

  {WAGGLE_AT(stun, enabled), {0, 1}, fixed, "",
   "Whether a STUN server is part of this one, so that clients need no other."},
  {WAGGLE_AT(stun, listen), {0, listeners_max}, fixed, "--stun",
   "UDP addresses of the STUN server. Empty: port 3479 of every address, or none of them where "
   "another process has that."},
  {WAGGLE_AT(stun, host), {0, 253}, fixed, "",
   "Name or address under which clients reach it. Empty: the one under which they have reached this "
   "server, as their requests say."},
  {WAGGLE_AT(stun, source_per_second), {0, 1'000'000}, fixed, "",
   "Requests that one address, of IPv6 one /64, may send per second, five times as many at once. 0: "
   "no limit."},
  {WAGGLE_AT(stun, requests_per_second), {0, 100'000'000}, fixed, "",
   "Requests that are answered per second, whoever sends them. 0: no limit."},

  {WAGGLE_AT(mailbox, relay_bytes_max), {64 * kibibyte, gibibyte}, fixed, "",
   "Bytes on their way to one core; past it relays are shed, joins and leaves merged and kept."},

  {WAGGLE_AT(admin, token), {0, kibibyte}, fixed, "",
   "What who operates the server shows as a bearer token. Without one the admin API and the "
   "dashboard exist only where `network.internal` is a loopback address. A flag is seen by every "
   "user of the machine: prefer `admin.token_file` or the environment.", secret},
  {WAGGLE_AT(admin, token_file), {0, path_bytes_max}, fixed, "",
   "File with the token, read at start; its last line break does not count. Instead of "
   "`admin.token`."},
  {WAGGLE_AT(admin, recorder_bytes), {0, 64 * mebibyte}, fixed, "",
   "What each core remembers of joins, leaves and drops, 80 bytes each; a watched swarm has a "
   "quarter of it for itself, offers and answers included. 0: nothing is recorded."},

  {WAGGLE_AT(storage, url), {0, path_bytes_max}, fixed, "--storage",
   "Where facts are kept: `memory:` as long as the process lives, `sqlite:PATH` in a file. Never "
   "who was in a swarm, nor an address that is not banned."},
  {WAGGLE_AT(storage, swarms_max), {100, 10'000'000}, fixed, "",
   "Swarms of which completions, peak and times are kept; the one not seen for longest goes first. "
   "Each core knows the completions of as many for scrapes."},
  {WAGGLE_AT(storage, audit_max), {100, 10'000'000}, fixed, "",
   "Records of what operators did; the oldest goes first."},
  {WAGGLE_AT(storage, queue_max), {1'000, 10'000'000}, fixed, "",
   "Facts that may wait while nothing can be written; further ones are dropped and counted."},
  {WAGGLE_AT(storage, series_interval), {100, hour}, fixed, "",
   "Period at which figures are noted for the time series. Longer than a minute leaves gaps."},

  {WAGGLE_AT(log, level), {0, 5}, reload, "--log-level",
   "Least severe messages that are written."},
  {WAGGLE_AT(log, format), {0, 1}, reload, "",
   "Lines for people, or one JSON object a line."},
  {WAGGLE_AT(log, net), {0, 6}, reload, "",
   "Level of listeners, TLS and HTTP; empty: as `log.level`."},
  {WAGGLE_AT(log, session), {0, 6}, reload, "",
   "Level of client sessions; empty: as `log.level`."},
  {WAGGLE_AT(log, shard), {0, 6}, reload, "",
   "Level of swarms and matching; empty: as `log.level`."},
  {WAGGLE_AT(log, control), {0, 6}, reload, "",
   "Level of start, stop, reload and the internal listener; empty: as `log.level`."},
};
#undef WAGGLE_AT

constexpr section_row sections[] = {
  {"network", "Listeners, threads and what a connection may do before it is a session."},
  {"tls", "Certificate and key of the TLS listeners."},
  {"session", "Limits and deadlines of one WebSocket connection."},
  {"quota", "What newcomers are refused for: per client address, and for the process."},
  {"swarm", "Membership, and the way back for answers."},
  {"webtorrent", "The WebTorrent dialect: announce and scrape."},
  {"native", "The native protocol: links that the server plans (docs/protocol/native.md)."},
  {"access", "Who may connect, and which swarms are served.", /*of_tenant=*/true},
  {"tokens", "Tokens (JWT) of clients: whose signature counts, and how long.", /*of_tenant=*/true},
  {"limits", "What one tenant may take.", /*of_tenant=*/true},
  {"ice", "ICE servers that clients are told of.", /*of_tenant=*/true},
  {"stun", "The STUN server (RFC 8489) that is part of this one."},
  {"mailbox", "Messages between cores."},
  {"admin", "The admin API and dashboard on `network.internal`."},
  {"storage", "Facts that outlive the server."},
  {"log", "What is written to stderr."},
};
// clang-format on

}  // namespace

std::span<field const> field_table() {
  return fields;
}

std::span<section_row const> section_table() {
  return sections;
}

std::string_view const tenants_doc =
    "Who shares the server: by its name, what each has of its own in the sections `access`, "
    "`tokens`, `limits` and `ice`. A client names its tenant by the path `/t/NAME/` or by the "
    "claim `tid` of its "
    "token; swarms of different tenants never mix. What a tenant does not say has its default.";

bool is_of_tenant(field const& which) {
  auto const found = std::find_if(std::begin(sections), std::end(sections),
                                  [&](auto const& row) { return row.name == which.section; });
  return found != std::end(sections) && found->of_tenant;
}

settings as_settings(tenant_settings const& of) {
  settings all;
  all.access = of.access;
  all.tokens = of.tokens;
  all.limits = of.limits;
  all.ice = of.ice;
  return all;
}

tenant_settings as_tenant(settings const& all) {
  return {.access = all.access, .tokens = all.tokens, .limits = all.limits, .ice = all.ice};
}

bool is_tenant_name(std::string_view name) {
  constexpr std::size_t name_bytes_max = 63;
  auto const is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.empty() || name.size() > name_bytes_max || !is_plain(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_plain(c) || c == '-' || c == '_'; });
}

std::string key_of(field const& which) {
  return std::string{which.section} + "." + std::string{which.name};
}

std::string environment_name_of(field const& which) {
  auto name = "WAGGLE_" + std::string{which.section} + "_" + std::string{which.name};
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

field const* find_field(std::string_view key) {
  auto const dot = key.find('.');
  if (dot == std::string_view::npos) return nullptr;
  auto const section = key.substr(0, dot);
  auto const name = key.substr(dot + 1);
  auto const found = std::find_if(std::begin(fields), std::end(fields), [&](field const& row) {
    return row.section == section && row.name == name;
  });
  return found == std::end(fields) ? nullptr : found;
}

std::span<std::string_view const> words_of(forwarded_header_field) {
  static constexpr std::array<std::string_view, 2> words{"x-forwarded-for", "forwarded"};
  return words;
}

std::span<std::string_view const> words_of(access_mode_setting) {
  static constexpr std::array<std::string_view, 5> words{"open", "allow", "deny", "registered",
                                                         "token"};
  return words;
}

std::span<std::string_view const> words_of(ice_policy_setting) {
  static constexpr std::array<std::string_view, 3> words{"all", "no_host_cross_ip", "relay_only"};
  return words;
}

std::span<std::string_view const> words_of(access_refusal) {
  static constexpr std::array<std::string_view, 2> words{"quiet", "failure"};
  return words;
}

std::span<std::string_view const> words_of(log_level) {
  static constexpr std::array<std::string_view, 7> words{"trace", "debug", "info", "warn",
                                                         "error", "off",   ""};
  return words;
}

std::span<std::string_view const> words_of(log_format) {
  static constexpr std::array<std::string_view, 2> words{"text", "json"};
  return words;
}

}  // namespace waggle

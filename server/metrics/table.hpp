// SPDX-License-Identifier: Apache-2.0
// The one table of metric families: one row each, from which the counters, the exposition,
// /stats.json, docs/metrics.md and the tests follow. Pure; nothing but macros and label enums.
#pragma once

#include "protocol/command.hpp"
#include "protocol/error.hpp"
#include "server/session/admission_reason.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// A counter is named waggle_<name>_total. name, label set (see below), help
// clang-format off
#define WAGGLE_COUNTERS(row)                                                                       \
  row(connections_accepted, transport, "Connections accepted by the public listeners.")            \
  row(accepts_paused, none, "Times a listener waited because descriptors were used up.")          \
  row(connections_closed, closed, "Connections that ended, by what ended them.")                   \
  row(client_addresses_learned, learned, "Sessions opened, by what named the client's address.")    \
  row(handshakes_failed, handshake, "Connections that never became a WebSocket session.")          \
  row(admissions_refused, admission_reason, "Newcomers that were not let in, by why.")             \
  row(admissions_over_quota, admission_reason,                                                     \
      "Newcomers over a quota that is only counted (quota.dry_run, quota.address_enforce).")       \
  row(http_requests, http, "HTTP requests on the public listeners, by the answer they got.")       \
  row(messages_received, none, "Complete WebSocket messages received.")                            \
  row(messages_sent, none, "Complete WebSocket messages queued for clients.")                      \
  row(bytes_received, none, "Bytes received from clients, without TLS overhead.")                  \
  row(bytes_sent, none, "Bytes sent to clients, without TLS overhead.")                            \
  row(announces, announce_event, "Announces handled, by the event they carried.")                  \
  row(answers_received, none, "Answers received, before they are routed.")                         \
  row(scrapes, none, "Scrapes handled.")                                                           \
  row(failures, failure, "Messages answered with a failure, by error (docs/errors.md).")           \
  row(offers_relayed, none, "Offers for which a receiver was picked.")                             \
  row(offers_unmatched, none, "Offers for which the swarm had no receiver.")                       \
  row(answers_relayed, none, "Answers routed back to the connection that made the offer.")         \
  row(answers_unroutable, none, "Answers to an offer that is unknown, used up or too old.")        \
  row(routes_evicted, none, "Offers forgotten before an answer came, to stay within the bound.")   \
  row(memberships_expired, none, "Memberships dropped because their peer stopped announcing.")     \
  row(memberships_refused, none, "Announces served without membership: a limit was reached.")      \
  row(messages_over_tenant_quota, none, "Announces not matched and answers dropped: limits of a tenant.") \
  row(descriptions_filtered, none, "Offers and answers that reached a peer without some addresses.") \
  row(descriptions_withheld, none, "Offers and answers not relayed: they hide what a policy forbids.") \
  row(memberships_revoked, none, "Memberships ended since the tenant no longer serves the swarm.") \
  row(memberships_denied, none, "Announces refused because the swarm is not served here.")         \
  row(bans_enforced, banned, "Announces and answers refused, and memberships ended, by a ban.")   \
  row(probes, none, "Connections probed because their peer announced from another one.")           \
  row(quota_pauses, none, "Times a client was not read from since it had used up its quota.")      \
  row(deliveries_stale, none, "Deliveries dropped because the receiver's session was gone.")       \
  row(deliveries_shed, shed, "Deliveries dropped to stay within bounds of memory and of delay.")   \
  row(requests_shed, request, "Requests left without their answer: a core did not read its mail.") \
  row(mailbox_coalesced, none, "Messages merged with one that waits for a core to read its mail.") \
  row(mailbox_messages_crossed, none, "Messages of every kind sent to another core.")              \
  row(mailbox_relays_crossed, none, "Offers and answers sent to another core.")                    \
  row(mailbox_bytes_crossed, none, "Payload bytes copied to another core.")                        \
  row(pings_sent, none, "WebSocket pings sent.")                                                   \
  row(swarm_news_lost, none, "News of swarms lost since one turn of a core had too many.")         \
  row(native_hellos, none, "Clients that have said hello in the native protocol.")                 \
  row(native_resumes, resume, "Attempts to resume a session, by whether its seat was there.")      \
  row(native_links_matched, none, "Links that two native peers were asked to make.")               \
  row(native_links_opened, path, "Links that opened, by the kind of candidates that carry them.")  \
  row(native_links_failed, link_failure, "Links that never opened, by why.")                       \
  row(native_links_ended, none, "Links that ended after they were open.")                          \
  row(native_links_kept, none, "Links that both ends had kept over a restart of the server.")      \
  row(native_link_open_milliseconds, none, "Time from match to open, of all links that opened.")   \
  row(native_relays, relay, "Descriptions and candidates that went to the other end of a link.")   \
  row(native_unroutable, none, "Messages about a link that is over, or that were not in turn.")    \
  row(native_errors, none, "Messages of native clients that were refused.")                        \
  row(native_reports, none, "Reports of native clients.")                                          \
  row(native_reported_bytes, traffic, "Bytes that native clients report, by where they came from.")
// clang-format on

// A gauge is named waggle_<name> and is a field of core_snapshot. name, scope, help
// clang-format off
#define WAGGLE_GAUGES(row)                                                                         \
  row(connections, per_core, "Open WebSocket sessions.")                                           \
  row(connections_tls, total, "Open WebSocket sessions over TLS.")                                 \
  row(sessions_closing, total, "Sessions in the close handshake or flushing their last bytes.")    \
  row(sessions_held, total, "Sessions not read from until a core has read its mail.")              \
  row(sessions_over_quota, total, "Sessions not read from until their quota has something again.") \
  row(peers, total, "Memberships: a peer in two swarms counts twice.")                             \
  row(seeders, total, "Memberships whose peer said that it has everything.")                       \
  row(swarms, total, "Swarms with at least one member.")                                           \
  row(offer_routes, total, "Relayed offers that still wait for an answer.")                        \
  row(outbox_bytes, total, "Bytes queued for clients and not yet taken by the kernel.")            \
  row(outbox_memory_bytes, total, "Memory of the queues that hold these bytes.")                   \
  row(partial_bytes, total, "Memory of messages that have begun to arrive and are not complete.")  \
  row(native_peers, total, "Memberships of native peers.")                                         \
  row(native_peers_away, total, "Those of them whose connection is lost.")                         \
  row(native_links_pending, total, "Links that are being made.")                                   \
  row(native_links_open, total, "Links that are open.")                                            \
  row(native_seats, total, "Sessions kept for clients that lost their connection.")                \
  row(mailbox_pending, total, "Memberships with news that waits for a core to read its mail.")     \
  row(mailbox_pending_bytes, total, "Memory of what waits for a core to read its mail.")
// clang-format on

// What each core tells of itself beside its gauges, split by the label `core`. A field of
// core_snapshot; named waggle_core_<name>_total. name, help
// clang-format off
#define WAGGLE_CORE_FACTS(row)                                                                     \
  row(cpu_seconds, "User and system CPU time of the core's thread.")
// clang-format on

// What the server as a whole knows of itself: written by the control loop. A gauge is named
// waggle_<name>, a counter waggle_<name>_total. name, kind, help
// clang-format off
#define WAGGLE_SERVICE_FACTS(row)                                                                  \
  row(ready, gauge, "1 while new clients are welcome here (/readyz), else 0.")                     \
  row(tls_certificate_not_after_timestamp_seconds, gauge,                                          \
      "When the certificate in use expires, seconds since the epoch; 0 without TLS.")              \
  row(tls_certificate_pending, gauge, "1 while what the certificate's files say is refused.")      \
  row(tls_reloads, counter, "Certificates taken into use while the server ran.")                   \
  row(tls_reloads_refused, counter, "Changed certificates or keys that could not be used.")         \
  row(config_reload_pending, gauge, "1 while what the configuration says now is refused.")          \
  row(config_reloads, counter, "Times the configuration was loaded again and taken into use.")     \
  row(config_reloads_refused, counter, "Times a changed configuration could not be used.")         \
  row(policy_reload_pending, gauge,                                                                 \
      "1 while a file of tokens, content or info hashes says something that is refused.")          \
  row(policy_reloads, counter, "Changed files of tokens, content or info hashes taken into use.")  \
  row(policy_reloads_refused, counter, "Changed files of these that could not be used.")           \
  row(client_addresses, gauge, "Client addresses with an open session; IPv6 counted by /64.")      \
  row(client_connections_max, gauge, "Most open sessions of one client address.")                  \
  row(storage_facts_written, counter, "Facts that the store has written.")                         \
  row(storage_facts_dropped, counter, "Facts lost since the store could not take them in time.")    \
  row(storage_facts_waiting, gauge, "Facts that wait to be written.")                              \
  row(storage_faults, counter, "Attempts of the store to write or read that failed.")              \
  row(stun_answered, counter, "Requests that the STUN server has answered.")                       \
  row(stun_refused, counter, "Requests answered with an error: they ask for what is not known.")   \
  row(stun_ignored, counter, "Datagrams that were no STUN requests.")                              \
  row(stun_limited, counter, "Datagrams dropped unread: over a limit of their source or of all.")  \
  row(storage_problem, gauge, "1 while the store cannot write (/readyz says why), else 0.")
// clang-format on

// Facts about the process, named as Prometheus' own client libraries name them. name, kind, help
// clang-format off
#define WAGGLE_PROCESS_FACTS(row)                                                                  \
  row(process_start_time_seconds, gauge, "Start of the process, seconds since the epoch.")         \
  row(process_resident_memory_bytes, gauge, "Resident memory of the process.")                     \
  row(process_open_fds, gauge, "Open file descriptors of the process.")                            \
  row(process_max_fds, gauge, "File descriptors the process may have open.")                       \
  row(process_cpu_seconds_total, counter, "User and system CPU time of the process.")
// clang-format on

// The values a label may take: enums, never client input. set, label, values...
// clang-format off
#define WAGGLE_LABELS(row)                                                                         \
  row(transport, "transport", plain, tls)                                                          \
  row(closed, "reason", client, error, dead, probe, slow_reader, protocol, too_big, utf8,          \
      message_deadline, partial_budget, shutdown, banned, rate_limited, no_message, tenant_gone,   \
      taken_over)                                                                                  \
  row(handshake, "reason", timeout, tls, bad_request, head_too_large, not_upgrade, closed,         \
      proxy_header, proxy_untrusted, banned, refused)                                                               \
  row(learned, "source", socket, proxy_protocol, forwarded, x_forwarded_for)                       \
  row(http, "answer", health, upgrade_required, bad_request, upgraded, forbidden, too_many,        \
      unavailable, unauthorized, page)                                                                   \
  row(shed, "reason", outbox_full, budget, mailbox_full, behind, closing)                          \
  row(resume, "seat", found, missed)                                                               \
  row(path, "path", unknown, host, srflx, prflx, relay)                                            \
  row(link_failure, "why", other, timeout, ice, dtls, refused)                                     \
  row(relay, "kind", offer, answer, ice)                                                           \
  row(traffic, "source", p2p, cdn, up)                                                             \
  row(banned, "what", announce, answer, membership)                                               \
  row(request, "request", announce, scrape, native)
// clang-format on

namespace waggle::label {

/// The label of a family that is not split.
enum class none : std::uint8_t { all };

using waggle::admission_reason;
using waggle::announce_event;

/// The errors of protocol/error.hpp, and `other` for a reason the operator wrote.
#define WAGGLE_ROW(name, text, note) name,
enum class failure : std::uint8_t { WAGGLE_ERRORS(WAGGLE_ROW) other };
#undef WAGGLE_ROW

/// What the label is called, and the names of its values in order, joined by ", ".
template <class Label>
struct text;

template <>
struct text<none> {
  static constexpr std::string_view name = "", values = "";
};

template <>
struct text<announce_event> {
  static constexpr std::string_view name = "event", values = "update, started, completed, stopped";
};
static_assert(announce_event::update == announce_event{0} &&
              announce_event::started == announce_event{1} &&
              announce_event::completed == announce_event{2} &&
              announce_event::stopped == announce_event{3});

template <>
struct text<failure> {
#define WAGGLE_ROW(row_name, row_text, note) #row_name ", "
  static constexpr std::string_view name = "reason", values = WAGGLE_ERRORS(WAGGLE_ROW) "other";
#undef WAGGLE_ROW
};

template <>
struct text<admission_reason> {
#define WAGGLE_ROW(row_name, status, seconds, row_text) ", " #row_name
  static constexpr std::string_view name = "reason", joined = WAGGLE_ADMISSION_REASONS(WAGGLE_ROW);
#undef WAGGLE_ROW
  static constexpr std::string_view values = joined.substr(2);
};

#define WAGGLE_ROW(set, label_name, ...)                                        \
  enum class set : std::uint8_t { __VA_ARGS__ };                                \
  template <>                                                                   \
  struct text<set> {                                                            \
    static constexpr std::string_view name = label_name, values = #__VA_ARGS__; \
  };
WAGGLE_LABELS(WAGGLE_ROW)
#undef WAGGLE_ROW

/// How many names "a, b, c" holds; an unlabelled family has one nameless value.
[[nodiscard]] constexpr std::size_t count(std::string_view joined) {
  std::size_t commas = 0;
  for (char const c : joined) commas += c == ',' ? 1 : 0;
  return commas + 1;
}

template <std::size_t Count>
[[nodiscard]] constexpr std::array<std::string_view, Count> split(std::string_view joined) {
  std::array<std::string_view, Count> names{};
  for (auto& name : names) {
    name = joined.substr(0, joined.find(','));
    joined.remove_prefix(name.size());
    joined.remove_prefix(joined.size() < 2 ? joined.size() : 2);
  }
  return names;
}

/// The value that counts a failure with this error (the enums share their order; ok is none).
[[nodiscard]] constexpr failure failure_of(errc code) {
  return code == errc::ok ? failure::other : static_cast<failure>(static_cast<int>(code) - 1);
}
static_assert(failure_of(errc::swarm_full) == failure::swarm_full);

/// The same by the text that the client reads; a text the operator chose counts as other.
[[nodiscard]] failure failure_of(std::string_view reason_text);

/// The names of a label's values, indexed by the enum.
template <class Label>
inline constexpr auto values = split<count(text<Label>::values)>(text<Label>::values);

}  // namespace waggle::label

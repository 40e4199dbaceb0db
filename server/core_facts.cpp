// SPDX-License-Identifier: Apache-2.0
// What a core tells of itself, see core_loop.hpp.
#include "server/core_loop.hpp"
#include "server/runtime/clock.hpp"

#include <cstddef>
#include <vector>

namespace waggle {

core_snapshot core_loop::snapshot() const {
  core_snapshot facts{.core = options_.core, .counters = counters};
  auto const& core = shard_.counts();
  auto& sum = facts.counters;
  sum.add(counter::offers_relayed, core.offers_relayed);
  sum.add(counter::offers_unmatched, core.offers_unmatched);
  sum.add(counter::answers_relayed, core.answers_relayed);
  sum.add(counter::answers_unroutable, core.answers_unroutable);
  sum.add(counter::routes_evicted, core.routes_evicted);
  sum.add(counter::memberships_refused, core.memberships_refused);
  sum.add(counter::memberships_expired, core.memberships_expired);
  sum.add(counter::probes, core.probes_sent);

  auto const& talk = scope_.counts;
  for (std::size_t at = 0; at < talk.announces.size(); ++at) {
    sum.add(counter::announces, static_cast<announce_event>(at), talk.announces[at]);
  }
  sum.add(counter::answers_received, talk.answers);
  sum.add(counter::scrapes, talk.scrapes);
  sum.add(counter::memberships_denied, talk.denied);
  sum.add(counter::messages_over_tenant_quota, scope_.judged.over_tenant_quota);
  sum.add(counter::descriptions_filtered, scope_.judged.descriptions_filtered);
  sum.add(counter::descriptions_withheld, scope_.judged.descriptions_withheld);
  sum.add(counter::memberships_revoked, talk.memberships_revoked);
  sum.add(counter::bans_enforced, label::banned::announce, talk.announces_banned);
  sum.add(counter::bans_enforced, label::banned::answer, talk.answers_banned);
  sum.add(counter::bans_enforced, label::banned::membership, talk.memberships_banned);
  for (std::size_t code = 1; code < talk.failures.size(); ++code) {
    sum.add(counter::failures, static_cast<label::failure>(code - 1), talk.failures[code]);
  }
  sum.add(counter::failures, label::failure::other, talk.failures[0]);

  add_native(facts);
  facts.cpu_seconds = runtime::thread_cpu_seconds();
  auto const totals = shard_.totals();
  facts.connections = sessions_.size();
  facts.connections_tls = sessions_tls_;
  facts.sessions_closing = sessions_closing;
  facts.sessions_held = sessions_held;
  facts.sessions_over_quota = sessions_over_quota;
  facts.peers = totals.peers;
  facts.seeders = totals.seeders;
  facts.swarms = totals.swarms;
  facts.offer_routes = totals.routes;
  facts.outbox_bytes = outbox_bytes;
  facts.outbox_memory_bytes = outbox_memory_bytes;
  facts.partial_bytes = partial_bytes;
  for (auto const& link : links_) {
    facts.mailbox_pending += link.pending();
    facts.mailbox_pending_bytes += link.pending_bytes();
  }
  return facts;
}

void core_loop::add_native(core_snapshot& facts) const {
  auto& sum = facts.counters;
  auto const& mesh = shard_.mesh().counts();
  sum.add(counter::native_links_matched, mesh.matches);
  for (std::size_t at = 0; at < mesh.opened_over.size(); ++at) {
    sum.add(counter::native_links_opened, static_cast<label::path>(at), mesh.opened_over[at]);
  }
  for (std::size_t at = 0; at < mesh.links_failed.size(); ++at) {
    sum.add(counter::native_links_failed, static_cast<label::link_failure>(at),
            mesh.links_failed[at]);
  }
  sum.add(counter::native_links_ended, mesh.links_ended);
  sum.add(counter::native_links_kept, mesh.links_kept);
  sum.add(counter::native_link_open_milliseconds, mesh.open_ms);
  for (std::size_t at = 0; at < mesh.relayed.size(); ++at) {
    sum.add(counter::native_relays, static_cast<label::relay>(at), mesh.relayed[at]);
  }
  sum.add(counter::native_unroutable, mesh.unroutable);

  auto const& talk = native_.counts;
  sum.add(counter::native_hellos, talk.hellos);
  sum.add(counter::native_resumes, label::resume::found, talk.resumes);
  sum.add(counter::native_resumes, label::resume::missed, talk.resumes_missed);
  sum.add(counter::memberships_denied, talk.denied);
  sum.add(counter::native_errors, talk.errors);
  sum.add(counter::native_reports, talk.reports);
  sum.add(counter::native_reported_bytes, label::traffic::p2p, talk.p2p_bytes);
  sum.add(counter::native_reported_bytes, label::traffic::cdn, talk.cdn_bytes);
  sum.add(counter::native_reported_bytes, label::traffic::up, talk.up_bytes);

  auto const& totals = shard_.mesh().totals();
  facts.native_peers = totals.peers;
  facts.native_peers_away = totals.away;
  facts.native_links_pending = totals.pending;
  facts.native_links_open = totals.open;
  facts.native_seats = seats_.parked();
}

swarm_counts core_loop::count(swarm_id const& swarm) const {
  return shard_.count(swarm).value_or(swarm_counts{});
}

std::vector<busy_swarm> core_loop::busiest() const {
  return {shard_.busiest().begin(), shard_.busiest().end()};
}

void core_loop::add_completions(std::span<storage::swarm_record const> stored) {
  for (auto const& each : stored) shard_.add_completions(each.swarm, each.completed);
}

}  // namespace waggle

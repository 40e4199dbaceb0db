// SPDX-License-Identifier: Apache-2.0
// See shard.hpp.
#include "server/core/shard.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace waggle {

shard_counts& shard_counts::operator+=(shard_counts const& other) {
  announces += other.announces;
  offers_relayed += other.offers_relayed;
  offers_unmatched += other.offers_unmatched;
  answers_relayed += other.answers_relayed;
  answers_unroutable += other.answers_unroutable;
  routes_evicted += other.routes_evicted;
  memberships_created += other.memberships_created;
  memberships_refused += other.memberships_refused;
  memberships_left += other.memberships_left;
  memberships_expired += other.memberships_expired;
  probes_sent += other.probes_sent;
  probes_survived += other.probes_survived;
  return *this;
}

shard::shard(shard_limits const& limits, hash_seed const& seed, std::uint64_t random_seed,
             tenant_ledger* ledger)
    : limits_(limits),
      table_(limits.swarms, seed, ledger),
      completions_(limits.completions_max, seed),
      routes_(limits.routes, seed),
      matcher_(limits.matching),
      random_(random_seed),
      recorder_(limits.recorder_bytes),
      mesh_(limits.mesh, table_, recorder_, seed, random_seed ^ 0x6d657368U) {}

void shard::use(shard_limits const& limits) {
  limits_ = limits;
  table_.use(limits.swarms);
  routes_.use(limits.routes);
  mesh_.use(limits.mesh);
}

shard_limits shard::limits() const {
  auto all = limits_;
  all.swarms = table_.limits();
  all.routes = routes_.limits();
  return all;
}

void shard::handle(shard_message const& message, core_time now, outbox& out) {
  table_.journal().set_now(coarse_now(now));
  std::visit([&](auto const& what) { on(what, now, out); }, message);
}

void shard::on(announce_message const& message, core_time now, outbox& out) {
  ++counts_.announces;
  if (message.event == announce_event::stopped) {
    // Only the connection's own membership: a peer id is no proof of being that peer.
    if (table_.leave({.at = message.from, .swarm = message.swarm, .peer = message.peer})) {
      ++counts_.memberships_left;
      note_leave(message.swarm, message.peer, now);
    }
    reply(message, table_.find(message.swarm), out);
    return;  // offers of somebody who is gone could not be answered
  }
  auto* const home = update_membership(message, now, out);
  relay_offers(message, home, now, out);
}

/// @return where the sender is now, or asked about.
swarm* shard::update_membership(announce_message const& message, core_time now, outbox& out) {
  auto const [result, probes, home, completed] = table_.announce(message, now);
  if (completed) completions_.add(message.swarm, 1);
  if (result == swarm_table::outcome::created) {
    ++counts_.memberships_created;
    recorder_.note(
        {.at = now, .swarm = message.swarm, .peer = message.peer, .what = happening::join});
  } else if (result == swarm_table::outcome::unremembered) {
    ++counts_.memberships_refused;
    recorder_.note({.at = now,
                    .swarm = message.swarm,
                    .peer = message.peer,
                    .what = happening::refused,
                    .why = drop_reason::limit});
  }
  reply(message, home, out);
  for (auto const& older : probes) {
    out.send(older, probe_message{.swarm = message.swarm, .peer = message.peer});
    ++counts_.probes_sent;
  }
  return home;
}

void shard::reply(announce_message const& message, swarm const* home, outbox& out) {
  out.send(message.from,
           reply_message{.swarm = message.swarm,
                         .counts = home == nullptr ? swarm_counts{} : home->counts()});
}

void shard::relay_offers(announce_message const& message, swarm* home, core_time now, outbox& out) {
  if (message.offers.empty()) return;
  std::span<slot const> receivers;
  if (home != nullptr) {
    receivers = matcher_.choose({.active = home->active(),
                                 .sender = message.peer,
                                 .wanted = static_cast<std::uint32_t>(message.offers.size()),
                                 .now = coarse_now(now)},
                                table_.members(), random_);
  }
  counts_.offers_relayed += receivers.size();
  if (home != nullptr) home->note_offers(static_cast<std::uint32_t>(receivers.size()));
  counts_.offers_unmatched += message.offers.size() - receivers.size();
  note_offers(message, receivers, now);

  relayed_.clear();
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    auto const& offer = message.offers[i];
    auto const& receiver = table_.members()[receivers[i]];
    relayed_.push_back({.swarm = message.swarm,
                        .receiver = {.at = receiver.at, .peer = receiver.peer},
                        .tag = offer.tag});
    out.send(receiver.at, offer_delivery{.swarm = message.swarm,
                                         .from = message.peer,
                                         .to = receiver.peer,
                                         .address_tag = message.address_tag,
                                         .offer_id = offer.offer_id,
                                         .body = offer.body});
  }
  counts_.routes_evicted += routes_.add(relayed_, {.at = message.from, .peer = message.peer}, now);
}

// Offers are as many as messages, and a ring of all swarms would hold the last moment only: they
// are noted where somebody watches. Those for which nobody was left are one record an announce.
void shard::note_offers(announce_message const& message, std::span<slot const> receivers,
                        core_time now) {
  if (receivers.size() < message.offers.size()) {
    recorder_.note({.at = now,
                    .swarm = message.swarm,
                    .peer = message.peer,
                    .what = happening::unmatched,
                    .why = drop_reason::nobody});
  }
  if (!recorder_.watches(message.swarm)) return;
  for (auto const receiver : receivers) {
    recorder_.note_watched({.at = now,
                            .swarm = message.swarm,
                            .peer = message.peer,
                            .other = table_.members()[receiver].peer,
                            .what = happening::offer,
                            .has_other = true});
  }
}

void shard::note_leave(swarm_id const& swarm, peer_id const& peer, core_time now) {
  recorder_.note({.at = now, .swarm = swarm, .peer = peer, .what = happening::leave});
}

void shard::on(answer_message const& message, core_time now, outbox& out) {
  auto const senders = routes_.take({.swarm = message.swarm,
                                     .receiver = {.at = message.from, .peer = message.peer},
                                     .tag = message.tag},
                                    message.to, now);
  if (senders.empty()) {
    ++counts_.answers_unroutable;
    recorder_.note({.at = now,
                    .swarm = message.swarm,
                    .peer = message.peer,
                    .other = message.to.value_or(peer_id{}),
                    .what = happening::unroutable,
                    .why = drop_reason::no_route,
                    .has_other = message.to.has_value()});
    return;
  }
  bool const watched = recorder_.watches(message.swarm);
  if (auto* const home = table_.find(message.swarm)) home->note_answer();
  for (std::size_t i = 0; i < senders.size(); ++i) {
    // Two peers on one connection: the connection needs to hear it once.
    auto const same = [&](session_peer const& other) { return other.at == senders[i].at; };
    auto const before = senders.first(i);
    if (std::any_of(before.begin(), before.end(), same)) continue;
    out.send(senders[i].at, answer_delivery{.swarm = message.swarm,
                                            .from = message.peer,
                                            .address_tag = message.address_tag,
                                            .offer_id = message.offer_id,
                                            .body = message.body});
    ++counts_.answers_relayed;
    if (!watched) continue;
    recorder_.note_watched({.at = now,
                            .swarm = message.swarm,
                            .peer = message.peer,
                            .other = senders[i].peer,
                            .what = happening::answer,
                            .has_other = true});
  }
}

void shard::on(leave_message const& message, core_time now, outbox& /*out*/) {
  if (table_.leave({.at = message.from, .swarm = message.swarm, .peer = message.peer})) {
    ++counts_.memberships_left;
    note_leave(message.swarm, message.peer, now);
  }
}

void shard::on(alive_message const& message, core_time /*now*/, outbox& /*out*/) {
  if (table_.confirm({.at = message.from, .swarm = message.swarm, .peer = message.peer})) {
    ++counts_.probes_survived;
  }
}

void shard::on(scrape_message const& message, core_time /*now*/, outbox& out) {
  std::vector<scrape_entry> entries;
  auto const add = [&](swarm_id const& swarm, swarm_counts const& counts) {
    entries.push_back({.swarm = swarm, .counts = counts, .downloaded = completions_.count(swarm)});
  };
  if (message.all) {
    table_.visit_while([&](swarm const& each) {
      if (entries.size() >= limits_.scrape_all_max) return false;
      if (each.id().tenant == message.tenant) add(each.id(), each.counts());
      return true;
    });
  } else {
    entries.reserve(message.swarms.size());
    for (auto const& wanted : message.swarms) {
      add(wanted, count(wanted).value_or(swarm_counts{}));
    }
  }
  out.send(message.from,
           scrape_result{.request = message.request, .entries = out.hold(std::move(entries))});
}

void shard::walk(core_time now) {
  table_.journal().set_now(coarse_now(now));
  table_.walk(now);
}

bool shard::tick(core_time now, outbox& out) {
  table_.journal().set_now(coarse_now(now));
  auto member_steps = limits_.expiry_steps_max;
  while (auto const gone = table_.expire_one(now, member_steps)) {
    out.send(gone->at, expiry_message{.swarm = gone->swarm, .peer = gone->peer});
    ++counts_.memberships_expired;
    recorder_.note(
        {.at = now, .swarm = gone->swarm, .peer = gone->peer, .what = happening::expire});
  }
  mesh_.tick(now, out);
  auto route_steps = limits_.expiry_steps_max;
  routes_.expire(now, route_steps);
  return member_steps == 0 || route_steps == 0;
}

shard_totals shard::totals() const {
  auto const counted = table_.counts();
  return {.swarms = table_.swarms(),
          .peers = counted.complete + counted.incomplete,
          .seeders = counted.complete,
          .memberships = table_.memberships(),
          .routes = routes_.size()};
}

std::optional<swarm_counts> shard::count(swarm_id const& swarm) const {
  auto const* home = table_.find(swarm);
  if (home == nullptr) return std::nullopt;
  return home->counts();
}

}  // namespace waggle

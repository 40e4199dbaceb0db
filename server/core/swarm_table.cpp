// SPDX-License-Identifier: Apache-2.0
// See swarm_table.hpp.
#include "server/core/swarm_table.hpp"

#include <algorithm>

namespace waggle {

swarm_table::swarm_table(swarm_limits const& limits, hash_seed const& seed, tenant_ledger* ledger)
    : limits_(limits), quota_(ledger), seed_(seed), wheel_(members_) {}

swarm_table::announced swarm_table::announce(announce_message const& message, core_time now) {
  probes_.clear();
  auto at = find_place(message.swarm, message.peer);
  if (auto const known = connection_of(at.newest, message.from); known != no_slot) {
    auto const completed = note_announce(known, message, now);
    wheel_.moved(known);
    return {outcome::refreshed, {}, &swarms_[at.home], completed};
  }
  auto const tenant = message.swarm.owner();
  if (!message.remember || !has_room(tenant, at.home, at.newest) ||
      (at.home == no_slot && !quota_.take_swarm(tenant))) {
    return {outcome::unremembered, {}, at.home == no_slot ? nullptr : &swarms_[at.home]};
  }
  if (at.home == no_slot) at.home = make_swarm(message.swarm, coarse_now(now));
  contest_same_peer(at.newest);
  auto const completed = create(message, at, now);
  return {outcome::created, probes_, &swarms_[at.home], completed};
}

bool swarm_table::leave(membership const& which) {
  auto const found = connection_of(find_place(which.swarm, which.peer).newest, which.at);
  if (found == no_slot) return false;
  remove(found);
  return true;
}

bool swarm_table::confirm(membership const& which) {
  auto const at = find_place(which.swarm, which.peer);
  auto const found = connection_of(at.newest, which.at);
  if (found == no_slot || members_[found].active()) return false;
  change_swarm(at.home, [&](swarm& changed) { changed.activate(members_, found); });
  return true;
}

std::optional<membership> swarm_table::expire_one(core_time now, std::uint32_t& steps_left) {
  auto const expired = wheel_.next_expired(coarse_now(now), steps_left);
  if (expired == no_slot) return std::nullopt;
  auto const& gone = members_[expired];
  membership const result{.at = gone.at, .swarm = swarms_[gone.swarm].id(), .peer = gone.peer};
  remove(expired);
  return result;
}

swarm const* swarm_table::find(swarm_id const& id) const {
  auto const home = find_swarm(id);
  return home == no_slot ? nullptr : &swarms_[home];
}

swarm* swarm_table::find(swarm_id const& id) {
  auto const home = find_swarm(id);
  return home == no_slot ? nullptr : &swarms_[home];
}

slot swarm_table::find_swarm(swarm_id const& id) const {
  return by_id_.find(hash_of(id), [&](slot which) { return swarms_[which].id() == id; });
}

/// Among a million memberships nothing of one is in the cache: both tables are looked into at once,
/// and then swarm and member are loaded at once.
swarm_table::place swarm_table::find_place(swarm_id const& id, peer_id const& peer) const {
  auto const of_swarm = hash_of(id);
  place at{.hash = hash_of(id, peer)};
  by_id_.prefetch(of_swarm);
  by_peer_.prefetch(at.hash);
  if (auto const likely = by_id_.guess(of_swarm); likely != no_slot) swarms_.prefetch(likely);
  if (auto const likely = by_peer_.guess(at.hash); likely != no_slot) members_.prefetch(likely);
  at.home = by_id_.find(of_swarm, [&](slot which) { return swarms_[which].id() == id; });
  if (at.home != no_slot) at.newest = newest_of(at.hash, at.home, peer);
  return at;
}

slot swarm_table::newest_of(std::uint64_t hash, slot home, peer_id const& peer) const {
  return by_peer_.find(hash, [&](slot which) {
    return members_[which].swarm == home && members_[which].peer == peer;
  });
}

slot swarm_table::connection_of(slot newest, session_ref const& at) const {
  auto which = newest;
  while (which != no_slot && members_[which].at != at) which = members_[which].older_same_peer;
  return which;
}

bool swarm_table::has_room(tenant_id whose, slot home, slot newest) const {
  if (members_.size() >= limits_.memberships_max) return false;
  if (home != no_slot && swarms_[home].memberships() >= limits_.members_max) return false;
  if (home != no_slot && swarms_[home].memberships() >= quota_.members_max(whose)) return false;
  std::uint32_t same_peer = 0;
  for (auto which = newest; which != no_slot; which = members_[which].older_same_peer) ++same_peer;
  return same_peer < limits_.same_peer_max;
}

slot swarm_table::make_swarm(swarm_id const& id, coarse_time now) {
  auto const home = swarms_.insert(swarm(id, now));
  by_id_.insert(hash_of(id), home);
  return home;
}

void swarm_table::contest_same_peer(slot newest) {
  for (auto which = newest; which != no_slot; which = members_[which].older_same_peer) {
    auto const& older = members_[which];
    if (!older.active()) continue;  // contested and probed already
    probes_.push_back(older.at);
    change_swarm(older.swarm, [&](swarm& changed) { changed.contest(members_, which); });
  }
}

bool swarm_table::create(announce_message const& message, place const& at, core_time now) {
  auto const [hash, home, newest] = at;
  auto const added = members_.insert(
      {.peer = message.peer, .at = message.from, .swarm = home, .older_same_peer = newest});
  if (newest == no_slot) {
    by_peer_.insert(hash, added);
  } else {
    by_peer_.replace(hash, newest, added);
  }
  change_swarm(home, [&](swarm& changed) {
    changed.joined();
    changed.activate(members_, added);
    journal_.joined(changed);
  });
  auto const completed = note_announce(added, message, now);
  wheel_.add(added, coarse_now(now));
  return completed;
}

/// @return whether the peer has become a seeder by `completed`.
bool swarm_table::note_announce(slot which, announce_message const& message, core_time now) {
  auto& entry = members_[which];
  auto const interval = std::clamp(message.interval, core_time{0}, limits_.interval_max);
  auto const ttl = message.passive ? limits_.member_ttl_passive : limits_.member_ttl;
  entry.deadline =
      coarse_deadline(now + std::max(ttl, interval * limits_.ttl_interval_percent / 100));
  entry.late = coarse_deadline(now + interval + limits_.late_after);
  if (message.lasting) entry.deadline = entry.late = coarse_time::max();

  auto seeder = entry.seeder;
  if (message.state != completeness::unknown) seeder = message.state == completeness::complete;
  bool const completes = message.event == announce_event::completed && !entry.seeder;
  if (message.event == announce_event::completed) seeder = true;
  change_swarm(entry.swarm, [&](swarm& changed) {
    changed.set_seeder(entry, seeder);
    if (!completes) return;
    changed.note_completed();
    journal_.completed(changed);
  });
  return completes;
}

void swarm_table::remove(slot which) {
  auto const home = members_[which].swarm;
  bool const was_active = members_[which].active();
  auto const newest = unchain(which);
  wheel_.remove(which);

  change_swarm(home, [&](swarm& changed) {
    changed.contest(members_, which);
    changed.left();
    if (!was_active) return;
    slot heir = no_slot;
    for (auto other = newest; other != no_slot; other = members_[other].older_same_peer) {
      if (members_[other].active()) return;
      if (heir == no_slot) heir = other;
    }
    if (heir != no_slot) changed.activate(members_, heir);
  });
  members_.erase(which);

  if (swarms_[home].memberships() == 0) {
    journal_.ended(swarms_[home]);
    quota_.give_swarm_back(swarms_[home].id().owner());
    by_id_.erase(hash_of(swarms_[home].id()), home);
    swarms_.erase(home);
  }
}

/// Takes the membership out of the list of its peer id; returns the newest that remains.
slot swarm_table::unchain(slot which) {
  auto const& entry = members_[which];
  auto const hash = hash_of(swarms_[entry.swarm].id(), entry.peer);
  auto const newest = newest_of(hash, entry.swarm, entry.peer);
  if (newest != which) {
    auto newer = newest;
    while (members_[newer].older_same_peer != which) newer = members_[newer].older_same_peer;
    members_[newer].older_same_peer = entry.older_same_peer;
    return newest;
  }
  if (entry.older_same_peer == no_slot) {
    by_peer_.erase(hash, which);
  } else {
    by_peer_.replace(hash, which, entry.older_same_peer);
  }
  return entry.older_same_peer;
}

template <class Change>
void swarm_table::change_swarm(slot home, Change change) {
  auto& changed = swarms_[home];
  auto const before = changed.counts();
  change(changed);
  auto const after = changed.counts();
  counts_.complete += after.complete - before.complete;  // unsigned: a decrease wraps and adds up
  counts_.incomplete += after.incomplete - before.incomplete;
}

}  // namespace waggle

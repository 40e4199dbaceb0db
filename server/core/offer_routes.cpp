// SPDX-License-Identifier: Apache-2.0
// See offer_routes.hpp.
#include "server/core/offer_routes.hpp"

#include <algorithm>

namespace waggle {

offer_routes::offer_routes(route_limits const& limits, hash_seed const& seed) : seed_(seed) {
  use(limits);
}

void offer_routes::use(route_limits const& limits) {
  limits_ = limits;
  for (auto* bound :
       {&limits_.routes_max, &limits_.routes_per_sender_max, &limits_.senders_per_key_max}) {
    *bound = std::max(*bound, 1U);
  }
}

std::uint32_t offer_routes::add(std::span<route_key const> keys, session_peer const& sender,
                                core_time now) {
  hashes_.clear();
  for (auto const& key : keys) {
    hashes_.push_back(hash_of(key));
    by_key_.prefetch(hashes_.back());
  }
  auto const sender_hash = keyed_hasher{seed_}(sender);
  by_sender_.prefetch(sender_hash);
  auto const deadline = coarse_deadline(now + limits_.route_ttl);
  std::uint32_t evicted = 0;
  for (std::size_t at = 0; at < keys.size(); ++at) {
    evicted += add_one(keys[at], hashes_[at], sender, sender_hash, deadline);
  }
  return evicted;
}

std::uint32_t offer_routes::add_one(route_key const& key, std::uint64_t hash,
                                    session_peer const& sender, std::uint64_t sender_hash,
                                    coarse_time deadline) {
  auto newest = newest_of(key, hash);
  for (auto which = newest; which != no_slot; which = routes_[which].next_of_key) {
    if (senders_[routes_[which].sender].who == sender) {
      touch(which, deadline);
      return 0;
    }
  }

  auto const from = sender_slot(sender, sender_hash);
  ++senders_[from].count;  // counted first, so that making room does not forget the sender
  auto const evicted = make_room(newest, from);
  if (evicted != 0) newest = newest_of(key, hash);  // it may have gone
  auto const added =
      routes_.insert({.key = key, .sender = from, .next_of_key = newest, .deadline = deadline});
  if (newest == no_slot) {
    by_key_.insert(hash, added);
  } else {
    by_key_.replace(hash, newest, added);
  }
  append(in_shard_, &route::in_shard, added);
  append(senders_[from].routes, &route::of_sender, added);
  return evicted;
}

std::span<session_peer const> offer_routes::take(route_key const& key,
                                                 std::optional<peer_id> const& to, core_time now) {
  taken_.clear();
  auto which = newest_of(key, hash_of(key));
  while (which != no_slot) {
    auto const next = routes_[which].next_of_key;
    auto const& sender = senders_[routes_[which].sender].who;
    bool const live = routes_[which].deadline > coarse_now(now);
    if (live && (!to || *to == sender.peer)) {
      taken_.push_back(sender);
      remove(which);
    }
    which = next;
  }
  std::reverse(taken_.begin(), taken_.end());
  return taken_;
}

void offer_routes::expire(core_time now, std::uint32_t& steps_left) {
  while (in_shard_.oldest != no_slot && steps_left > 0) {
    if (routes_[in_shard_.oldest].deadline > coarse_now(now)) return;
    remove(in_shard_.oldest);
    --steps_left;
  }
}

slot offer_routes::newest_of(route_key const& key, std::uint64_t hash) const {
  return by_key_.find(hash, [&](slot which) { return routes_[which].key == key; });
}

slot offer_routes::sender_slot(session_peer const& who, std::uint64_t hash) {
  auto const known = by_sender_.find(hash, [&](slot which) { return senders_[which].who == who; });
  if (known != no_slot) return known;
  auto const added = senders_.insert({.who = who});
  by_sender_.insert(hash, added);
  return added;
}

std::uint32_t offer_routes::make_room(slot newest_of_key, slot sender) {
  std::uint32_t evicted = 0;
  auto const evict = [&](slot which) {
    remove(which);
    ++evicted;
  };
  std::uint32_t of_key = 0;
  auto oldest_of_key = no_slot;
  for (auto which = newest_of_key; which != no_slot; which = routes_[which].next_of_key) {
    oldest_of_key = which;
    ++of_key;
  }
  if (of_key >= limits_.senders_per_key_max) evict(oldest_of_key);
  // The first one makes room for the route to come, whom the sender's count includes; there is a
  // second one only past a limit that was lowered.
  for (int left = 2; left > 0 && senders_[sender].count > limits_.routes_per_sender_max; --left) {
    evict(senders_[sender].routes.oldest);
  }
  for (int left = 2; left > 0 && routes_.size() >= limits_.routes_max; --left) {
    evict(in_shard_.oldest);
  }
  return evicted;
}

/// Moves a route that was relayed again to the young end of every order it is in.
void offer_routes::touch(slot which, coarse_time deadline) {
  auto& entry = routes_[which];
  entry.deadline = deadline;
  detach(in_shard_, &route::in_shard, which);
  append(in_shard_, &route::in_shard, which);
  auto& sender = senders_[entry.sender];
  detach(sender.routes, &route::of_sender, which);
  append(sender.routes, &route::of_sender, which);

  auto const hash = hash_of(entry.key);
  auto const newest = newest_of(entry.key, hash);
  if (newest == which) return;
  auto newer = newest;
  while (routes_[newer].next_of_key != which) newer = routes_[newer].next_of_key;
  routes_[newer].next_of_key = entry.next_of_key;
  entry.next_of_key = newest;
  by_key_.replace(hash, newest, which);
}

void offer_routes::remove(slot which) {
  auto const& gone = routes_[which];
  auto const hash = hash_of(gone.key);
  auto const newest = newest_of(gone.key, hash);
  if (newest != which) {
    auto newer = newest;
    while (routes_[newer].next_of_key != which) newer = routes_[newer].next_of_key;
    routes_[newer].next_of_key = gone.next_of_key;
  } else if (gone.next_of_key != no_slot) {
    by_key_.replace(hash, which, gone.next_of_key);
  } else {
    by_key_.erase(hash, which);
  }

  detach(in_shard_, &route::in_shard, which);
  auto const from = gone.sender;
  detach(senders_[from].routes, &route::of_sender, which);
  routes_.erase(which);
  if (--senders_[from].count == 0) {
    by_sender_.erase(keyed_hasher{seed_}(senders_[from].who), from);
    senders_.erase(from);
  }
}

void offer_routes::append(age_list& list, neighbours route::*links, slot which) {
  routes_[which].*links = {.older = list.newest, .newer = no_slot};
  (list.newest == no_slot ? list.oldest : (routes_[list.newest].*links).newer) = which;
  list.newest = which;
}

void offer_routes::detach(age_list& list, neighbours route::*links, slot which) {
  auto const [older, newer] = routes_[which].*links;
  (older == no_slot ? list.oldest : (routes_[older].*links).newer) = newer;
  (newer == no_slot ? list.newest : (routes_[newer].*links).older) = older;
}

}  // namespace waggle

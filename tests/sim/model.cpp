// SPDX-License-Identifier: Apache-2.0
// See model.hpp.
#include "tests/sim/model.hpp"

#include <algorithm>

namespace waggle::sim {
namespace {

/// Deadlines are kept in quarter seconds, rounded up.
bool over(core_time deadline, core_time now) {
  return now.count() / 250 >= (deadline.count() + 249) / 250;
}

}  // namespace

std::set<session_ref> model::announce(announce_message const& message, core_time now) {
  claim const who{message.from, message.peer};
  if (message.event == announce_event::stopped) {
    remove(who, message.swarm);
    return {};
  }
  if (auto* known = find(who, message.swarm)) {
    refresh(*known, message, now);
    return {};
  }
  if (!message.remember || !has_room(message)) return {};
  std::set<session_ref> probed;
  auto& same = swarms_[message.swarm][message.peer];
  for (auto& older : same) {
    if (!older.contested) probed.insert(older.at);
    older.contested = true;
  }
  refresh(same.emplace_back(entry{.at = message.from}), message, now);
  return probed;
}

void model::leave(claim const& who, swarm_id const& where) {
  remove(who, where);
}

void model::confirm(claim const& who, swarm_id const& where) {
  if (auto* known = find(who, where)) known->contested = false;
}

void model::relay(route_key const& key, session_peer const& sender, core_time now) {
  auto const drop_oldest = [&](auto const& of, std::size_t keep) {
    if (static_cast<std::size_t>(std::count_if(routes_.begin(), routes_.end(), of)) <= keep) return;
    routes_.erase(std::find_if(routes_.begin(), routes_.end(), of));
  };
  std::erase_if(routes_, [&](auto const& r) { return r.key == key && r.sender == sender; });
  // A route that is sent again makes room for itself; a new one pushes out an older one.
  drop_oldest([&](auto const& r) { return r.key == key; }, limits_.routes.senders_per_key_max - 1);
  drop_oldest([&](auto const& r) { return r.sender == sender; },
              limits_.routes.routes_per_sender_max - 1);
  drop_oldest([](auto const&) { return true; }, limits_.routes.routes_max - 1);
  routes_.push_back({key, sender, now + limits_.routes.route_ttl});
}

std::set<session_ref> model::answer(answer_message const& message, core_time now) {
  route_key const key{message.swarm, {message.from, message.peer}, message.tag};
  std::set<session_ref> hearing;
  std::erase_if(routes_, [&](auto const& r) {
    if (r.key != key || over(r.deadline, now)) return false;
    if (message.to && *message.to != r.sender.peer) return false;
    hearing.insert(r.sender.at);
    return true;
  });
  return hearing;
}

std::set<std::pair<claim, swarm_id>> model::expire(core_time now) {
  std::set<std::pair<claim, swarm_id>> gone;
  for (auto const& [where, peers] : swarms_) {
    for (auto const& [peer, same] : peers) {
      for (auto const& each : same) {
        if (over(each.deadline, now)) gone.insert({{each.at, peer}, where});
      }
    }
  }
  for (auto const& [who, where] : gone) remove(who, where);
  std::erase_if(routes_, [&](auto const& r) { return over(r.deadline, now); });
  return gone;
}

model::receivers model::eligible(swarm_id const& where, peer_id const& sender,
                                 core_time now) const {
  receivers result;
  auto const home = swarms_.find(where);
  if (home == swarms_.end()) return result;
  for (auto const& [peer, same] : home->second) {
    if (peer == sender) continue;
    for (auto const& each : same) {
      if (each.contested) continue;
      (over(each.late, now) ? result.late : result.fresh).insert({each.at, peer});
    }
  }
  return result;
}

swarm_counts model::counts(swarm_id const& where) const {
  swarm_counts result;
  auto const home = swarms_.find(where);
  if (home == swarms_.end()) return result;
  for (auto const& [peer, same] : home->second) {
    for (auto const& each : same) {
      if (each.contested) continue;
      ++(each.seeder ? result.complete : result.incomplete);
    }
  }
  return result;
}

shard_totals model::totals() const {
  shard_totals result{.swarms = static_cast<std::uint32_t>(swarms_.size()),
                      .routes = static_cast<std::uint32_t>(routes_.size())};
  for (auto const& [where, peers] : swarms_) {
    auto const counted = counts(where);
    result.peers += counted.complete + counted.incomplete;
    result.seeders += counted.complete;
    for (auto const& [peer, same] : peers) {
      result.memberships += static_cast<std::uint32_t>(same.size());
    }
  }
  return result;
}

std::vector<swarm_id> model::swarms() const {
  std::vector<swarm_id> result;
  for (auto const& [where, peers] : swarms_) result.push_back(where);
  return result;
}

model::entry* model::find(claim const& who, swarm_id const& where) {
  auto const home = swarms_.find(where);
  if (home == swarms_.end()) return nullptr;
  auto const same = home->second.find(who.peer);
  if (same == home->second.end()) return nullptr;
  for (auto& each : same->second) {
    if (each.at == who.at) return &each;
  }
  return nullptr;
}

bool model::has_room(announce_message const& message) const {
  if (totals().memberships >= limits_.swarms.memberships_max) return false;
  auto const home = swarms_.find(message.swarm);
  if (home == swarms_.end()) return true;
  std::size_t in_swarm = 0;
  for (auto const& [peer, same] : home->second) in_swarm += same.size();
  if (in_swarm >= limits_.swarms.members_max) return false;
  auto const same = home->second.find(message.peer);
  return same == home->second.end() || same->second.size() < limits_.swarms.same_peer_max;
}

void model::refresh(entry& known, announce_message const& message, core_time now) const {
  auto const ttl = message.passive ? limits_.swarms.member_ttl_passive : limits_.swarms.member_ttl;
  known.deadline = now + std::max<core_time>(ttl, message.interval * 5 / 2);
  known.late = now + message.interval + limits_.swarms.late_after;
  if (message.state == completeness::complete) known.seeder = true;
  if (message.state == completeness::incomplete) known.seeder = false;
  if (message.event == announce_event::completed) known.seeder = true;
}

void model::remove(claim const& who, swarm_id const& where) {
  auto const home = swarms_.find(where);
  if (home == swarms_.end() || !home->second.contains(who.peer)) return;
  auto& same = home->second[who.peer];
  std::erase_if(same, [&](entry const& each) { return each.at == who.at; });
  bool const anybody = std::any_of(same.begin(), same.end(), [](auto& e) { return !e.contested; });
  if (!same.empty() && !anybody) same.back().contested = false;
  if (same.empty()) home->second.erase(who.peer);
  if (home->second.empty()) swarms_.erase(home);
}

}  // namespace waggle::sim

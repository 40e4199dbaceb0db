// SPDX-License-Identifier: Apache-2.0
// What a shard should hold, as one list that is looked through from end to end. Unlike the model of
// tests/sim it follows limits and shares of tenants that change between two messages.
#pragma once

#include "server/core/coarse_time.hpp"
#include "server/core/shard.hpp"
#include "tests/fuzz/input_bytes.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace waggle::fuzz {

/// The numbers of tenants as a server of several cores has them.
class plain_ledger final : public tenant_ledger {
 public:
  [[nodiscard]] tenant_usage& of(tenant_id which) override { return usage_[which]; }

 private:
  std::map<tenant_id, tenant_usage> usage_;
};

class shard_book {
 public:
  struct entry {
    membership of;
    bool seeder = false;
    bool contested = false;
    core_time deadline{};
  };

  swarm_limits limits;
  std::shared_ptr<tenant_directory const> tenants;  // null: nobody has limits of its own
  tenant_ledger* ledger = nullptr;                  // likewise

  struct announced {
    std::set<session_ref> probed{};  // must be
    bool completed = false;          // the peer has become a seeder by `completed`
  };

  /// Applies an announce that is no `stopped`.
  announced announce(announce_message const& message, core_time now) {
    membership const who{message.from, message.swarm, message.peer};
    announced result;
    auto* known = find(who);
    if (known == nullptr) {
      if (!message.remember || !has_room(who)) return result;
      for (auto& each : entries_) {
        if (each.of.swarm != who.swarm || each.of.peer != who.peer) continue;
        if (!each.contested) result.probed.insert(each.of.at);
        each.contested = true;
      }
      known = &entries_.emplace_back(entry{.of = who});
    }
    result.completed = message.event == announce_event::completed && !known->seeder;
    refresh(*known, message, now);
    return result;
  }

  /// @return whether there was such a one.
  bool remove(membership const& who) {
    if (std::erase_if(entries_, [&](auto const& each) { return each.of == who; }) == 0) {
      return false;
    }
    entry* newest = nullptr;
    for (auto& each : entries_) {
      if (each.of.swarm != who.swarm || each.of.peer != who.peer) continue;
      if (!each.contested) return true;
      newest = &each;
    }
    if (newest != nullptr) newest->contested = false;
    return true;
  }

  void confirm(membership const& who) {
    if (auto* const known = find(who)) known->contested = false;
  }

  [[nodiscard]] entry* find(membership const& who) {
    auto const found = std::ranges::find(entries_, who, &entry::of);
    return found == entries_.end() ? nullptr : &*found;
  }

  [[nodiscard]] swarm_counts counts(swarm_id const& where) const {
    swarm_counts sum;
    for (auto const& each : entries_) {
      if (each.of.swarm == where && !each.contested)
        ++(each.seeder ? sum.complete : sum.incomplete);
    }
    return sum;
  }

  /// Those that offers of `sender` may go to.
  [[nodiscard]] std::size_t receivers(swarm_id const& where, peer_id const& sender) const {
    return static_cast<std::size_t>(std::ranges::count_if(entries_, [&](auto const& each) {
      return each.of.swarm == where && each.of.peer != sender && !each.contested;
    }));
  }

  [[nodiscard]] std::set<swarm_id> swarms() const {
    std::set<swarm_id> found;
    for (auto const& each : entries_) found.insert(each.of.swarm);
    return found;
  }
  [[nodiscard]] std::uint32_t swarms_of(tenant_id whose) const {
    auto const all = swarms();
    return static_cast<std::uint32_t>(
        std::ranges::count(all, whose, [](auto const& each) { return each.tenant; }));
  }

  /// In the order in which they joined.
  [[nodiscard]] std::list<entry> const& entries() const { return entries_; }

  /// How the shard sees deadlines: in quarters of a second, rounded up.
  [[nodiscard]] static bool over(core_time deadline, core_time now) {
    return coarse_deadline(deadline) <= coarse_now(now);
  }

 private:
  [[nodiscard]] tenant_limits limits_of(tenant_id whose) const {
    auto const* const policy = tenants ? tenants->find(whose) : nullptr;
    return policy == nullptr ? tenant_limits{} : policy->limits;
  }

  [[nodiscard]] bool has_room(membership const& who) const {
    std::size_t in_swarm = 0;
    std::size_t same_peer = 0;
    for (auto const& each : entries_) {
      if (each.of.swarm != who.swarm) continue;
      ++in_swarm;
      if (each.of.peer == who.peer) ++same_peer;
    }
    auto const share = limits_of(who.swarm.tenant);
    if (entries_.size() >= limits.memberships_max || same_peer >= limits.same_peer_max)
      return false;
    if (in_swarm != 0) return in_swarm < std::min(limits.members_max, share.members_max);
    return ledger == nullptr || ledger->of(who.swarm.tenant).swarms < share.swarms_max;
  }

  void refresh(entry& known, announce_message const& message, core_time now) const {
    auto const interval =
        std::clamp<core_time>(message.interval, core_time{0}, limits.interval_max);
    auto const least = message.passive ? limits.member_ttl_passive : limits.member_ttl;
    known.deadline = now + std::max(least, interval * limits.ttl_interval_percent / 100);
    if (message.state != completeness::unknown) {
      known.seeder = message.state == completeness::complete;
    }
    if (message.event == announce_event::completed) known.seeder = true;
  }

  std::list<entry> entries_;
};

}  // namespace waggle::fuzz

// SPDX-License-Identifier: Apache-2.0
// Every swarm and membership of one shard: joining, refreshing, leaving, ageing out, and what
// happens when two connections claim one peer id. Pure; owned by one shard.
//
// Memory: 64 bytes a membership, 11 to 22 in the index of peers, 4 in its swarm; measured 91 at
// most in a big swarm, 164 with a swarm of its own (tests/unit/server/sizes_test.cpp).
#pragma once

#include "server/core/expiry_wheel.hpp"
#include "server/core/keyed_hash.hpp"
#include "server/core/member.hpp"
#include "server/core/membership.hpp"
#include "server/core/message.hpp"
#include "server/core/slab.hpp"
#include "server/core/slot_index.hpp"
#include "server/core/swarm.hpp"
#include "server/core/swarm_journal.hpp"
#include "server/core/swarm_walk.hpp"
#include "server/core/tenant_quota.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace waggle {

struct swarm_limits {
  std::uint32_t members_max = 2'000'000;       // a swarm; past it a peer is served, not remembered
  std::uint32_t memberships_max = 16'000'000;  // a shard; likewise
  std::uint32_t same_peer_max = 16;  // connections with one peer id in one swarm; likewise
  std::chrono::milliseconds member_ttl{
      std::chrono::seconds{150}};  // silence that ends a membership
  std::chrono::milliseconds member_ttl_passive{std::chrono::seconds{300}};  // sent no offers
  std::uint32_t ttl_interval_percent = 250;  // and at least this much of the interval it was told
  std::chrono::milliseconds late_after{std::chrono::seconds{10}};  // past the interval: chosen last
  std::chrono::milliseconds interval_max{std::chrono::hours{24}};  // longer ones count as this

  bool operator==(swarm_limits const&) const = default;
};

class swarm_table {
 public:
  enum class outcome : std::uint8_t {
    created,
    refreshed,
    unremembered,  // the sender asked for none, or a limit says no
  };

  struct announced {
    outcome result;
    std::span<session_ref const> probes;  // connections newly contested; valid until the next call
    swarm* home;                          // likewise; null: nobody is there
    bool completed = false;               // the peer has become a seeder by `completed`
  };

  /// @param ledger  in which the swarms of tenants are counted; null: there is none.
  swarm_table(swarm_limits const& limits, hash_seed const& seed, tenant_ledger* ledger = nullptr);
  swarm_table(swarm_table const&) = delete;
  swarm_table& operator=(swarm_table const&) = delete;

  /// Takes other limits. Nobody is put out: they hold for those who come, and from each announce.
  void use(swarm_limits const& limits) { limits_ = limits; }
  [[nodiscard]] swarm_limits const& limits() const { return limits_; }
  void use(std::shared_ptr<tenant_directory const> tenants) { quota_.use(std::move(tenants)); }

  /// Adds or refreshes the sender's membership (any event but `stopped`). O(1) on average.
  ///
  /// A new membership whose peer id other connections hold in this swarm contests those: the peer
  /// is nearly always the same one, reconnected while its old socket hangs. Contested memberships
  /// are kept, but neither counted nor offered to, until confirm().
  announced announce(announce_message const& message, core_time now);

  /// Removes the membership, and its swarm if that was the last. If it was the only active one of
  /// its peer id, the newest contested one takes its place.
  bool leave(membership const& which);

  /// The connection has shown life: a contested membership becomes active beside the others.
  bool confirm(membership const& which);

  /// Removes one membership whose time is over. Work is bounded by `steps_left`, counted down.
  [[nodiscard]] std::optional<membership> expire_one(core_time now, std::uint32_t& steps_left);

  /// What there is to tell of the swarms. The owner sets its time before it changes anything.
  [[nodiscard]] swarm_journal& journal() { return journal_; }
  /// A few times a second.
  void walk(core_time now) { walk_.go_on(swarms_, journal_, now); }
  [[nodiscard]] std::span<busy_swarm const> busiest() const { return walk_.busiest(); }

  /// Another connection speaks for the member from now on.
  void rebind(slot which, session_ref at) { members_[which].at = at; }

  /// Null: nobody is there.
  [[nodiscard]] swarm const* find(swarm_id const& id) const;
  /// The newest membership of the peer, over whatever connection; no_slot: there is none.
  [[nodiscard]] slot find_member(swarm_id const& id, peer_id const& peer) const {
    return find_place(id, peer).newest;
  }
  /// Where a member is.
  [[nodiscard]] swarm const* home_of(slot which) const { return &swarms_[members_[which].swarm]; }
  /// For the caller to add to its history.
  [[nodiscard]] swarm* find(swarm_id const& id);
  [[nodiscard]] slab<member> const& members() const { return members_; }

  /// Calls `visit(swarm const&)` in no particular order until it returns false.
  template <class Visitor>
  void visit_while(Visitor visit) const {
    by_id_.visit_while([&](slot which) { return visit(swarms_[which]); });
  }

  /// Calls `visit(swarm const&)` for what is in the next `slots_max` slots from `from` on. In a
  /// walk from 0 on, with changes in between, a swarm that is there all the while is visited once;
  /// one that comes meanwhile may be missed, and one that goes and comes back may be visited twice.
  /// @return where to go on; nothing: that was all.
  template <class Visitor>
  [[nodiscard]] std::optional<slot> for_some(slot from, std::uint32_t slots_max,
                                             Visitor visit) const {
    return swarms_.for_some(from, slots_max, [&](swarm const& each) {
      if (each.memberships() != 0) visit(each);
    });
  }

  /// Calls `visit(member const&)` for a page of the active members of `home`, in the order of its
  /// list, which changes when one leaves. Behind each come those of its peer id that are contested.
  template <class Visitor>
  void visit_members(swarm const& home, std::size_t offset, std::size_t limit,
                     Visitor visit) const {
    auto const active = home.active();
    offset = std::min<std::size_t>(offset, active.size());
    auto const end = std::min<std::size_t>(active.size(), offset + limit);
    for (auto at = offset; at < end; ++at) {
      auto const which = active[static_cast<std::uint32_t>(at)];
      auto const& counted = members_[which];
      visit(counted);
      auto const newest = find_place(home.id(), counted.peer).newest;
      auto first = newest;  // only the newest active one of a peer id shows the others
      while (!members_[first].active()) first = members_[first].older_same_peer;
      if (first != which) continue;
      for (auto other = newest; other != no_slot; other = members_[other].older_same_peer) {
        if (!members_[other].active()) visit(members_[other]);
      }
    }
  }

  [[nodiscard]] std::uint32_t swarms() const { return swarms_.size(); }
  [[nodiscard]] std::uint32_t memberships() const { return members_.size(); }
  [[nodiscard]] swarm_counts counts() const { return counts_; }
  [[nodiscard]] std::size_t bytes() const {  // without the lists inside the swarms
    return members_.bytes() + swarms_.bytes() + by_peer_.bytes() + by_id_.bytes();
  }

 private:
  [[nodiscard]] slot find_swarm(swarm_id const& id) const;
  /// Where a membership is, or would be; each part is no_slot if it is not there.
  struct place {
    std::uint64_t hash = 0;  // of swarm and peer
    slot home = no_slot;
    slot newest = no_slot;  // of the memberships with this peer id
  };
  [[nodiscard]] place find_place(swarm_id const& id, peer_id const& peer) const;
  [[nodiscard]] slot newest_of(std::uint64_t hash, slot home, peer_id const& peer) const;
  [[nodiscard]] slot connection_of(slot newest, session_ref const& at) const;
  [[nodiscard]] bool has_room(tenant_id whose, slot home, slot newest) const;
  slot make_swarm(swarm_id const& id, coarse_time now);
  void contest_same_peer(slot newest);
  [[nodiscard]] bool create(announce_message const& message, place const& at, core_time now);
  [[nodiscard]] bool note_announce(slot which, announce_message const& message, core_time now);
  void remove(slot which);
  slot unchain(slot which);

  /// Runs `change(swarm&)` and carries the difference in its counts over to the totals.
  template <class Change>
  void change_swarm(slot home, Change change);

  std::uint64_t hash_of(swarm_id const& id) const { return key_digest(seed_).add(id).finish(); }
  std::uint64_t hash_of(swarm_id const& id, peer_id const& peer) const {
    return key_digest(seed_).add(id).add(peer).finish();
  }

  swarm_limits limits_;
  tenant_quota quota_;
  hash_seed seed_;
  slab<member> members_;
  slab<swarm> swarms_;
  slot_index by_peer_;  // (swarm, peer id) -> its newest membership; the older ones hang on that
  slot_index by_id_;    // swarm id -> swarm
  expiry_wheel wheel_;
  swarm_journal journal_;
  swarm_walk walk_;
  swarm_counts counts_;              // of all swarms
  std::vector<session_ref> probes_;  // of the last announce; at most same_peer_max
};

}  // namespace waggle

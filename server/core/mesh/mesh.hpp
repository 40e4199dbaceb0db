// SPDX-License-Identifier: Apache-2.0
// The graph of the native peers of one shard: who is linked with whom, who is linked next, and what
// the two ends say to each other meanwhile (docs/protocol/native.md). Memberships are those of the
// swarm table. Pure: time is an argument, randomness has a seed; owned by one shard.
#pragma once

#include "server/core/keyed_hash.hpp"
#include "server/core/mesh/candidates.hpp"
#include "server/core/mesh/node.hpp"
#include "server/core/message.hpp"
#include "server/core/outbox.hpp"
#include "server/core/random.hpp"
#include "server/core/swarm_table.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace waggle {
class flight_recorder;
}

namespace waggle::mesh {

struct mesh_limits {
  bool p2p = true;               // false: nobody is matched
  std::uint8_t want = 8;         // links, of a peer that does not say
  std::uint8_t degree_min = 4;   // links that a newcomer gets at once, if it wants them
  std::uint8_t degree_max = 24;  // links, and what a peer may want
  candidate_limits choosing;
  std::chrono::milliseconds link_deadline{20'000};  // from the match to its outcome
  std::chrono::milliseconds expected_ttl{60'000};   // for the other end to name a link, too
  std::uint32_t expected_max = 262'144;             // such links, of all peers
  std::chrono::milliseconds rest_min{250};          // after a failure; twice as long after the next
  std::chrono::milliseconds rest_max{30'000};
  std::uint32_t mend_steps_max = 256;      // nodes looked at, per call of tick()
  std::uint32_t deadline_steps_max = 256;  // links whose time is over, likewise

  bool operator==(mesh_limits const&) const = default;
};

/// What has happened since the start; each number only grows.
struct mesh_counts {
  std::uint64_t matches = 0;
  std::uint64_t links_opened = 0;
  std::array<std::uint64_t, 5> opened_over{};   // by path
  std::array<std::uint64_t, 5> links_failed{};  // by failure
  std::uint64_t links_kept = 0;                 // over a restart of the server
  std::uint64_t links_ended = 0;                // after they were open
  std::uint64_t open_ms = 0;                    // from match to open, of all that opened
  std::array<std::uint64_t, 3> relayed{};       // by relay_kind
  std::uint64_t unroutable = 0;                 // messages about a link that is over
};

/// What is there now.
struct mesh_totals {
  std::uint32_t peers = 0;
  std::uint32_t away = 0;
  std::uint32_t pending = 0;
  std::uint32_t open = 0;

  bool operator==(mesh_totals const&) const = default;
};

class mesh {
 public:
  /// @param table     in which the memberships are; outlives the mesh.
  /// @param recorder  likewise.
  mesh(mesh_limits const& limits, swarm_table& table, flight_recorder& recorder,
       hash_seed const& seed, std::uint64_t random_seed);

  /// Takes other limits; links that are there stay.
  void use(mesh_limits const& limits) { limits_ = limits; }
  [[nodiscard]] mesh_limits const& limits() const { return limits_; }

  /// Acts on one message; what there is to say goes to `out`.
  void handle(join const& message, core_time now, outbox& out);
  void handle(change const& message, core_time now, outbox& out);
  void handle(more const& message, core_time now, outbox& out);
  void handle(leave const& message, core_time now, outbox& out);
  void handle(relay const& message, core_time now, outbox& out);
  void handle(outcome const& message, core_time now, outbox& out);
  void handle(drop const& message, core_time now, outbox& out);
  void handle(away const& message, core_time now, outbox& out);
  void handle(resume const& message, core_time now, outbox& out);

  /// Ends links whose outcome nobody tells, and mends what needs it, with bounded work. Call a few
  /// times a second.
  void tick(core_time now, outbox& out);

  [[nodiscard]] mesh_counts const& counts() const { return counts_; }
  [[nodiscard]] mesh_totals const& totals() const { return totals_; }
  [[nodiscard]] std::size_t bytes() const {
    return nodes_.bytes() + links_.bytes() + node_of_.capacity() * sizeof(slot);
  }

  /// Calls visit(node const&, link const&, node const&) for each link of the swarm's peers, from
  /// both ends. For tests.
  template <class Visit>
  void visit_links(swarm_id const& swarm, Visit visit) const {
    auto const* const home = table_.find(swarm);
    if (home == nullptr) return;
    auto const active = home->active();
    for (std::uint32_t at = 0; at < active.size(); ++at) {
      auto const which = node_of(active[at]);
      if (which == no_slot) continue;
      for_links(which, [&](slot each) {
        auto const& between = links_[each];
        visit(nodes_[which], between, nodes_[between.ends[1 - between.side_of(which)]]);
      });
    }
  }
  /// Of a member of the swarm table; 0 for who is no native peer.
  [[nodiscard]] std::uint32_t links_of(slot member) const {
    auto const which = node_of(member);
    return which == no_slot ? 0 : nodes_[which].links;
  }
  /// Calls visit(node const&) for each peer of the swarm. For tests.
  template <class Visit>
  void visit_nodes(swarm_id const& swarm, Visit visit) const {
    auto const* const home = table_.find(swarm);
    if (home == nullptr) return;
    auto const active = home->active();
    for (std::uint32_t at = 0; at < active.size(); ++at) {
      if (auto const which = node_of(active[at]); which != no_slot) visit(nodes_[which]);
    }
  }

 private:
  static constexpr unsigned generation_bits = 16;  // of a link's number, the lowest

  struct pending_end {
    link_id which;
    core_time due;
  };
  /// Peers with which a peer has links by its own word; they may have come before the server.
  struct expectation {
    std::vector<peer_id> peers;  // at most degree_max
    core_time until;
  };

  [[nodiscard]] slot node_of(slot member) const {
    return member < node_of_.size() ? node_of_[member] : no_slot;
  }
  /// no_slot: it is not there, or this is not its session.
  [[nodiscard]] slot find(swarm_id const& swarm, peer_id const& peer, session_ref const& at) const;
  /// no_slot: it is over, or not one of this session's.
  [[nodiscard]] slot find_link(link_id which, session_ref const& at) const;
  [[nodiscard]] link_id id_of(slot which) const;
  [[nodiscard]] node::mark mark_of(slot which) const;
  template <class Visit>
  void for_links(slot of, Visit visit) const {
    for (auto each = nodes_[of].first_link; each != no_slot;) {
      auto const& there = links_[each];
      auto const next = there.next[there.side_of(of)];
      visit(each);
      each = next;
    }
  }

  /// What a peer wants, and what follows from it.
  [[nodiscard]] std::uint32_t want_of(node const& which) const;
  [[nodiscard]] std::uint32_t least_of(node const& which) const;
  [[nodiscard]] std::uint32_t most_of(node const& which) const;
  [[nodiscard]] bool may_be_matched(slot which, slot with, std::span<peer_id const> except) const;

  void match_with_some(slot which, std::uint32_t wanted, std::span<peer_id const> except,
                       core_time now, outbox& out);
  void match_expected(slot which, std::span<peer_id const> open_with, core_time now, outbox& out);
  void forget_expected(slot which);
  [[nodiscard]] bool take_expected(slot which, peer_id const& peer);
  slot make_link(slot first, slot second, link::state is, bool uniform, core_time now);
  void tell_match(slot which, outbox& out);
  void tell_joined(slot which, bool resumed, outbox& out);
  void tell_end(slot which, slot end, ending why, outbox& out);
  void unlink(slot which);
  void detach(slot which, slot from);
  void fail(slot which, failure why, slot said_by, core_time now);
  void mend(slot which, core_time now, outbox& out);
  void end_overdue(core_time now, outbox& out);
  void forget_settled(std::uint32_t most);
  [[nodiscard]] bool is_pending(link_id which) const;
  void set_complete(slot which, core_time now);
  template <class Message>
  void refuse_link(Message const& message, outbox& out);

  mesh_limits limits_;
  swarm_table& table_;
  flight_recorder& recorder_;
  hash_seed seed_;
  random_source random_;
  candidates candidates_;
  slab<node> nodes_;
  slab<link> links_;
  std::vector<slot> node_of_;  // by slot of the swarm table; no_slot for who is no native peer
  std::unordered_map<slot, expectation> expecting_;  // by node
  std::uint32_t expected_peers_ = 0;                 // in all of these
  std::deque<pending_end> overdue_;  // by deadline; its first one is pending, but for a moment
  std::uint16_t generation_ = 0;     // of the last link; 0 is none
  slot mended_up_to_ = 0;
  mesh_counts counts_;
  mesh_totals totals_;
};

}  // namespace waggle::mesh

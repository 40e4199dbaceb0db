// SPDX-License-Identifier: Apache-2.0
// The match core of one CPU core: the swarms placed on it, who is in them, and where answers go.
// Messages in, messages out. Pure: no I/O, clock, lock or log; time is an argument, randomness has
// a seed. Used by the thread of one core loop only.
#pragma once

#include "server/core/completion_book.hpp"
#include "server/core/flight_recorder.hpp"
#include "server/core/keyed_hash.hpp"
#include "server/core/matcher.hpp"
#include "server/core/mesh/mesh.hpp"
#include "server/core/message.hpp"
#include "server/core/offer_routes.hpp"
#include "server/core/outbox.hpp"
#include "server/core/random.hpp"
#include "server/core/swarm_table.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace waggle {

struct shard_limits {
  swarm_limits swarms;
  route_limits routes;
  match_limits matching;
  mesh::mesh_limits mesh{};
  std::uint32_t scrape_all_max = 10'000;    // swarms in one result; the rest is left out
  std::uint32_t expiry_steps_max = 500;     // memberships and routes each, per call of tick()
  std::uint32_t completions_max = 100'000;  // swarms whose completions are known
  std::size_t recorder_bytes = 256 * 1024;

  bool operator==(shard_limits const&) const = default;
};

/// What has happened since the start. Written by the shard only; each number only grows.
struct shard_counts {
  std::uint64_t announces = 0;
  std::uint64_t offers_relayed = 0;
  std::uint64_t offers_unmatched = 0;  // nobody to receive them
  std::uint64_t answers_relayed = 0;   // deliveries: one answer may have two
  std::uint64_t answers_unroutable = 0;
  std::uint64_t routes_evicted = 0;
  std::uint64_t memberships_created = 0;
  std::uint64_t memberships_refused = 0;  // swarm full or not to be remembered
  std::uint64_t memberships_left = 0;     // by `stopped` or with their session
  std::uint64_t memberships_expired = 0;
  std::uint64_t probes_sent = 0;
  std::uint64_t probes_survived = 0;  // contested memberships that showed life

  shard_counts& operator+=(shard_counts const& other);
};

/// What is there now.
struct shard_totals {
  std::uint32_t swarms = 0;
  std::uint32_t peers = 0;        // counted memberships: complete and incomplete
  std::uint32_t seeders = 0;      // the complete ones among them
  std::uint32_t memberships = 0;  // with those whose peer id a newer connection claims
  std::uint32_t routes = 0;

  bool operator==(shard_totals const&) const = default;
};

class shard {
 public:
  /// @param seed         secret, the same on all cores.
  /// @param random_seed  for picking receivers.
  /// @param ledger       of what tenants have over all cores; null: nothing is counted.
  shard(shard_limits const& limits, hash_seed const& seed, std::uint64_t random_seed,
        tenant_ledger* ledger = nullptr);

  /// Takes other limits, but for those of matching. What is there stays as long as was promised.
  void use(shard_limits const& limits);
  /// Takes other shares of tenants, likewise.
  void use(std::shared_ptr<tenant_directory const> tenants) { table_.use(std::move(tenants)); }
  /// As its parts have them.
  [[nodiscard]] shard_limits limits() const;

  /// Acts on one message. What there is to say goes to `out`, for an announce its reply first.
  /// @param now  never less than in the call before.
  void handle(shard_message const& message, core_time now, outbox& out);

  /// Ages out memberships and routes, with bounded work. Call a few times a second.
  /// @return whether there is more: call again once others had their turn.
  [[nodiscard]] bool tick(core_time now, outbox& out);

  /// Comes by some of the swarms for the journal, with bounded work. Call a few times a second.
  void walk(core_time now);
  /// What there is to tell whoever keeps facts; clear it after each turn.
  [[nodiscard]] swarm_journal& journal() { return table_.journal(); }
  /// The swarms with the most members, as of the last minute.
  [[nodiscard]] std::span<busy_swarm const> busiest() const { return table_.busiest(); }
  /// Completions from before this shard began.
  void add_completions(swarm_id const& swarm, std::uint64_t count) {
    completions_.add(swarm, count);
  }

  [[nodiscard]] shard_totals totals() const;
  [[nodiscard]] shard_counts const& counts() const { return counts_; }

  /// Valid until the next call. Null: nobody is in that swarm.
  [[nodiscard]] swarm const* find(swarm_id const& id) const { return table_.find(id); }
  /// The graph of the native peers among them.
  [[nodiscard]] mesh::mesh const& mesh() const { return mesh_; }
  /// For those who look at the swarms and change nothing.
  [[nodiscard]] swarm_table const& table() const { return table_; }
  /// What happened to them last; whoever delivers for the shard notes what it drops.
  [[nodiscard]] flight_recorder& recorder() { return recorder_; }
  /// Empty: nobody is in that swarm.
  [[nodiscard]] std::optional<swarm_counts> count(swarm_id const& swarm) const;

 private:
  void on(announce_message const& message, core_time now, outbox& out);
  void on(answer_message const& message, core_time now, outbox& out);
  void on(leave_message const& message, core_time now, outbox& out);
  void on(alive_message const& message, core_time now, outbox& out);
  void on(scrape_message const& message, core_time now, outbox& out);
  /// Seats are the business of the session's core, not of a shard.
  static void on(mesh::claim const& /*message*/, core_time /*now*/, outbox& /*out*/) {}
  template <class Message>  // of the native protocol
  void on(Message const& message, core_time now, outbox& out) {
    mesh_.handle(message, now, out);
  }
  swarm* update_membership(announce_message const& message, core_time now, outbox& out);
  void relay_offers(announce_message const& message, swarm* home, core_time now, outbox& out);
  void note_offers(announce_message const& message, std::span<slot const> receivers, core_time now);
  void note_leave(swarm_id const& swarm, peer_id const& peer, core_time now);
  static void reply(announce_message const& message, swarm const* home, outbox& out);

  shard_limits limits_;
  swarm_table table_;
  completion_book completions_;
  offer_routes routes_;
  matcher matcher_;
  random_source random_;
  shard_counts counts_;
  flight_recorder recorder_;
  mesh::mesh mesh_;
  std::vector<route_key> relayed_;  // scratch of relay_offers()
};

}  // namespace waggle

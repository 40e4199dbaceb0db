// SPDX-License-Identifier: Apache-2.0
// A node in miniature: shards, sessions on cores, first-in-first-out queues between them, a clock,
// and clients that behave at random, badly included. Everything follows from one seed. Tests only.
#pragma once

#include "server/core/placement.hpp"
#include "server/core/random.hpp"
#include "tests/sim/checked_shard.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace waggle::sim {

class world {
 public:
  explicit world(std::uint64_t seed);

  /// One client does something, some messages travel, time passes. Throws mismatch.
  void step();

  /// Everyone goes, by closing or by falling silent; then nothing may be left. Throws mismatch.
  void finish();

  /// Enough happened to be worth the name.
  [[nodiscard]] shard_counts counts() const;

 private:
  struct heard_offer {
    swarm_id swarm;
    peer_id from;
    peer_id to;
    std::size_t text = 0;
  };
  struct session {
    session_ref ref;
    bool open = true;
    bool silent = false;         // hangs: neither sends nor answers a probe
    core_time close_at{};        // a probe ran out; 0: none is running
    std::vector<peer_id> peers;  // it speaks as these
    std::set<std::pair<swarm_id, peer_id>> joined;
    std::vector<heard_offer> heard;
  };
  struct to_shard {
    shard_message message;
    std::vector<tagged_offer> offers;
    std::vector<swarm_id> swarms;
  };
  using link = std::pair<std::size_t, std::size_t>;  // from, to

  void act();
  void open_session();
  void announce(session& who);
  void announce_stopped(session& who);
  void answer(session& who);
  void scrape(session& who);
  void close(session& who);
  void fall_silent(session& who);

  void post(session const& from, swarm_id const& about, to_shard message);
  void travel(std::uint32_t messages);
  void deliver_to_shard(link const& along);
  void deliver_to_session(link const& along);
  void receive(session& who, session_message const& what);
  void collect(std::size_t core, std::span<outbox::entry const> said);
  void tick();
  void close_overdue();
  void drain();

  [[nodiscard]] bool chance(std::uint32_t percent) { return random_.below(100) < percent; }
  [[nodiscard]] core_time random_interval();
  [[nodiscard]] swarm_id random_swarm();
  [[nodiscard]] peer_id random_peer(session const& who);
  [[nodiscard]] tagged_offer random_offer();

  random_source random_;
  placement placement_;
  core_time now_{};
  std::deque<checked_shard> shards_;
  std::deque<session> sessions_;
  std::deque<std::string> texts_;  // offer ids; views into them stay valid
  std::map<link, std::deque<to_shard>> to_shards_;
  std::map<link, std::deque<std::pair<session_ref, session_message>>> to_sessions_;
};

}  // namespace waggle::sim

// SPDX-License-Identifier: Apache-2.0
// Remembers which offers were relayed to whom, so that an answer finds whoever made the offer: by
// what was relayed, not by a name that anybody can claim. Pure; owned by one shard. Measured 120
// bytes a route at a million routes, its senders included.
#pragma once

#include "server/core/coarse_time.hpp"
#include "server/core/keyed_hash.hpp"
#include "server/core/message.hpp"
#include "server/core/slab.hpp"
#include "server/core/slot_index.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace waggle {

struct route_limits {                    // a maximum of 0 counts as 1
  std::uint32_t routes_max = 1'000'000;  // a shard
  std::uint32_t routes_per_sender_max = 200;
  std::uint32_t senders_per_key_max = 2;  // who sent one receiver the same offer id
  std::chrono::milliseconds route_ttl{std::chrono::seconds{120}};

  bool operator==(route_limits const&) const = default;
};

/// Who received which offer.
struct route_key {
  swarm_id swarm;
  session_peer receiver;
  offer_tag tag = 0;

  bool operator==(route_key const&) const = default;
};

class offer_routes {
 public:
  offer_routes(route_limits const& limits, hash_seed const& seed);

  /// Takes other limits. Past a smaller bound each route that is added takes the place of two. A
  /// route keeps the time it was given.
  void use(route_limits const& limits);

  /// Remembers that `sender`'s offer went to the receiver in `key`, or that it did so again. Where
  /// a limit is reached, the oldest route goes: of this key, of this sender, of the shard.
  /// @return the number of routes that went. O(1).
  std::uint32_t add(route_key const& key, session_peer const& sender, core_time now) {
    return add({&key, 1}, sender, now);
  }
  /// The same for several offers of one sender; what they need is fetched at once.
  std::uint32_t add(std::span<route_key const> keys, session_peer const& sender, core_time now);

  /// Who gets an answer to `key`: every sender of it, or those that call themselves `to`. Their
  /// routes are used up. Empty: there is no such route.
  /// @return oldest first; valid until the next call.
  [[nodiscard]] std::span<session_peer const> take(route_key const& key,
                                                   std::optional<peer_id> const& to, core_time now);

  /// Forgets what is over, at most `steps_left` routes (counted down).
  void expire(core_time now, std::uint32_t& steps_left);

  [[nodiscard]] route_limits const& limits() const { return limits_; }
  [[nodiscard]] std::uint32_t size() const { return routes_.size(); }
  [[nodiscard]] std::uint32_t senders() const { return senders_.size(); }
  [[nodiscard]] std::size_t bytes() const {
    return routes_.bytes() + senders_.bytes() + by_key_.bytes() + by_sender_.bytes();
  }

 private:
  struct neighbours {
    slot older = no_slot;
    slot newer = no_slot;
  };
  struct age_list {
    slot oldest = no_slot;
    slot newest = no_slot;
  };
  struct route {
    route_key key;
    slot sender = no_slot;
    slot next_of_key = no_slot;  // older sender of the same key
    coarse_time deadline{};
    neighbours in_shard;
    neighbours of_sender;
  };
  static_assert(sizeof(route) == 96);
  struct sender_entry {
    session_peer who;
    age_list routes;
    std::uint32_t count = 0;
  };

  [[nodiscard]] slot newest_of(route_key const& key, std::uint64_t hash) const;
  std::uint32_t add_one(route_key const& key, std::uint64_t hash, session_peer const& sender,
                        std::uint64_t sender_hash, coarse_time deadline);
  slot sender_slot(session_peer const& who, std::uint64_t hash);
  std::uint32_t make_room(slot newest_of_key, slot sender);
  void touch(slot which, coarse_time deadline);
  void remove(slot which);
  void append(age_list& list, neighbours route::*links, slot which);
  void detach(age_list& list, neighbours route::*links, slot which);

  [[nodiscard]] std::uint64_t hash_of(route_key const& key) const {
    return key_digest(seed_)
        .add(key.swarm)
        .add(key.receiver.at)
        .add(key.receiver.peer)
        .add(key.tag, 0)
        .finish();
  }

  route_limits limits_;
  hash_seed seed_;
  slab<route> routes_;
  slab<sender_entry> senders_;  // those that have routes
  slot_index by_key_;           // key -> its newest route; older senders hang on that
  slot_index by_sender_;
  age_list in_shard_;  // by last relay: the deadlines are in the same order
  std::vector<session_peer> taken_;
  std::vector<std::uint64_t> hashes_;  // scratch of add()
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// A shard with many members, built once and kept from one measurement to the next: a million joins
// take longer than what is measured.
#pragma once

#include "server/core/outbox.hpp"
#include "server/core/shard.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace waggle::bench {

inline constexpr core_time begin{1000};

template <class Id>
Id id_of(std::uint32_t number) {
  Id id;
  for (std::size_t at = 0; at < 4; ++at) {
    id.value[at] = static_cast<std::uint8_t>(number >> (8 * at));
  }
  return id;
}

/// The announce of connection and peer `number`; one swarm for all of them, or one for each.
inline announce_message announce_of(std::uint32_t number, bool own_swarm = false) {
  announce_message message;
  message.from = {.slot = number, .generation = 1};
  message.peer = id_of<peer_id>(number);
  if (own_swarm) message.swarm = id_of<swarm_id>(number);
  message.interval = std::chrono::seconds{60};
  return message;
}

/// No limit is met, so that what is measured is the work and not its refusal.
inline shard_limits limits() {
  shard_limits result;
  result.swarms.members_max = 16'000'000;
  return result;
}

class filled_shard {
 public:
  filled_shard(std::uint32_t members, bool own_swarms) : members_(members), own_(own_swarms) {
    for (std::uint32_t at = 0; at < members; ++at) handle(announce_of(at, own_));
  }

  /// The one of these sizes; the last one is kept.
  static filled_shard& with(std::uint32_t members, bool own_swarms) {
    static std::unique_ptr<filled_shard> kept;
    if (!kept || kept->members_ != members || kept->own_ != own_swarms) {
      kept.reset();
      kept = std::make_unique<filled_shard>(members, own_swarms);
    }
    return *kept;
  }

  void handle(shard_message const& message) {
    shard_.handle(message, begin, out_);
    out_.clear();
  }

  /// Members in an order in which neighbours are far apart, as those of a real swarm announce.
  std::uint32_t somebody() {
    next_ = static_cast<std::uint32_t>((next_ + 2'654'435'761ULL) % members_);
    return next_;
  }

  [[nodiscard]] announce_message announce(std::uint32_t number) const {
    return announce_of(number, own_);
  }
  [[nodiscard]] shard& core() { return shard_; }
  [[nodiscard]] outbox& out() { return out_; }
  [[nodiscard]] std::uint32_t members() const { return members_; }

 private:
  std::uint32_t members_;
  bool own_;
  std::uint32_t next_ = 0;
  shard shard_{limits(), {.first = 1, .second = 2}, 3};
  outbox out_;
};

}  // namespace waggle::bench

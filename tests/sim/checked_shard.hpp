// SPDX-License-Identifier: Apache-2.0
// A shard with its model beside it: every message goes to both, and everything the shard says or
// holds afterwards is compared. Tests only.
#pragma once

#include "server/core/outbox.hpp"
#include "server/core/shard.hpp"
#include "tests/sim/model.hpp"

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace waggle::sim {

/// The shard did not do what the model says.
struct mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, char const* what) {
  if (!holds) throw mismatch(what);
}

class checked_shard {
 public:
  checked_shard(shard_limits const& limits, hash_seed const& seed, std::uint64_t random_seed)
      : limits_(limits), shard_(limits, seed, random_seed), model_(limits) {}

  /// What the shard has to say is valid until the next call.
  std::span<outbox::entry const> handle(shard_message const& message, core_time now);
  std::span<outbox::entry const> tick(core_time now);

  [[nodiscard]] shard const& subject() const { return shard_; }

 private:
  using entries = std::span<outbox::entry const>;

  void check(announce_message const& message, core_time now, entries said);
  void check_offers(announce_message const& message, core_time now, entries said);
  void check(answer_message const& message, core_time now, entries said);
  void check(leave_message const& message, core_time now, entries said);
  void check(alive_message const& message, core_time now, entries said);
  void check(scrape_message const& message, core_time now, entries said);
  void check_state() const;

  shard_limits limits_;
  shard shard_;
  model model_;
  outbox out_;
};

}  // namespace waggle::sim

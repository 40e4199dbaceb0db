// SPDX-License-Identifier: Apache-2.0
// The one interface to whatever keeps facts: asynchronous, batched, bounded. A back end is one file
// and one row in storage/stores.cpp; all of them pass tests/contract/store_test.cpp.
#pragma once

#include "server/storage/fact.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::storage {

/// How a store is.
struct store_facts {
  std::string problem;  // why it cannot write now; empty: all is well
  std::uint64_t facts_written = 0;
  std::uint64_t facts_dropped = 0;  // the queue was full, or so is what the fact goes to
  std::uint64_t faults = 0;         // batches that failed, each tried again
  std::size_t facts_waiting = 0;
};

/// The points of `from <= at < until`; past points_max the newest of them, the oldest first.
struct series_query {
  std::vector<std::string> names;  // at most 16; further ones are left out
  wall_time from{};
  wall_time until{};
  resolution span = resolution::minute;
  std::size_t points_max = 2'000;
};

struct audit_query {
  std::uint64_t before = UINT64_MAX;  // the records with a smaller id, the newest first
  std::size_t limit = 100;
};

/// What was there when the store was opened.
struct loaded {
  std::vector<ban_record> bans;  // by id
  std::uint64_t next_ban_id = 1;
  std::vector<tenant_record> tenants;   // by name
  std::vector<swarm_record> completed;  // the swarms that have completions
  bool readable = true;                 // false: nothing could be read; see load_later()
};

/// Swarms that one query may name; further ones are left out.
inline constexpr std::size_t swarms_per_query_max = 10'000;
/// Bans that are kept; further ones are dropped and counted.
inline constexpr std::size_t bans_max = 100'000;
/// Tenants that are kept, likewise.
inline constexpr std::size_t tenants_kept_max = 10'000;

class store {
 public:
  store() = default;
  store(store const&) = delete;
  store& operator=(store const&) = delete;
  /// Writes what waits, within a bounded time.
  virtual ~store() = default;

  /// Any thread. Never blocks on the medium and never throws for it: facts wait in a bounded queue
  /// and are written in batches, at most 200 ms later. What finds the queue full is counted.
  virtual void apply(std::span<fact const> facts) = 0;

  /// Before serving; once. If nothing can be read now, next_ban_id is past any that was given.
  [[nodiscard]] virtual loaded load() = 0;

  /// After a load() that was not `readable`: `done` is called once, on a thread of the store's, as
  /// soon as the facts can be read, and before any that was applied since is written.
  virtual void load_later(std::function<void(loaded)> done) = 0;

  /// Any thread. Each callback is called once, inside the call or on a thread of the store's,
  /// unless the store ends before; with nothing if the store cannot read now. An answer tells of
  /// what was applied before, unless that cannot be written now.
  virtual void find_swarms(std::vector<swarm_id> swarms,
                           std::function<void(std::vector<swarm_record>)> done) = 0;
  virtual void find_series(series_query query,
                           std::function<void(std::vector<series_point>)> done) = 0;
  virtual void find_audit(audit_query query,
                          std::function<void(std::vector<audit_record>)> done) = 0;

  /// Any thread.
  [[nodiscard]] virtual store_facts facts() const = 0;
};

}  // namespace waggle::storage

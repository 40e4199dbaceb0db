// SPDX-License-Identifier: Apache-2.0
// Facts in and out of the file by prepared statements. Every call may throw sqlite_error. One
// thread.
#pragma once

#include "server/storage/sqlite_handle.hpp"
#include "server/storage/store.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace waggle::storage {

struct row_limits {
  std::size_t swarms_max = 0;
  std::size_t audit_max = 0;
};

class sqlite_tables {
 public:
  sqlite_tables(sqlite_connection& in, row_limits const& limits);

  /// All in one transaction, or nothing.
  /// @param number  names the batch: one that is in the file already, since only the word of its
  ///                commit was lost, is not written twice.
  /// @return how many found their table full and were left out.
  std::size_t write(std::span<fact const> batch, std::int64_t number);

  /// Deletes a little of what is over its time or bound, in a transaction of its own.
  /// @return whether there is more.
  [[nodiscard]] bool prune();

  [[nodiscard]] loaded load();
  [[nodiscard]] std::vector<swarm_record> find_swarms(std::span<swarm_id const> wanted);
  [[nodiscard]] std::vector<series_point> find_series(series_query const& query);
  [[nodiscard]] std::vector<audit_record> find_audit(audit_query const& query);

 private:
  bool add(swarm_fact const& news);
  bool add(series_point const& point);
  bool add(ban_record const& ban);
  bool add(ban_lifted const& lifted);
  bool add(tenant_record const& tenant);
  bool add(tenant_removed const& removed);
  bool add(audit_record const& record);
  void keep_largest_subjects(resolution span, wall_time at, std::size_t kept);
  template <class Work>
  void in_transaction(Work work);

  sqlite_connection& in_;
  row_limits limits_;
  std::size_t swarms_ = 0;  // rows
  std::size_t bans_ = 0;    // rows

  sqlite_statement begin_;
  sqlite_statement commit_;
  sqlite_statement meta_get_;
  sqlite_statement meta_set_;
  sqlite_statement swarm_update_;
  sqlite_statement swarm_insert_;
  sqlite_statement swarm_find_;
  sqlite_statement swarm_prune_;
  sqlite_statement series_add_;
  sqlite_statement series_find_;
  sqlite_statement series_newest_;
  sqlite_statement series_before_;
  sqlite_statement series_prune_;
  sqlite_statement subjects_prune_;
  sqlite_statement ban_update_;
  sqlite_statement ban_insert_;
  sqlite_statement ban_delete_;
  sqlite_statement tenant_set_;
  sqlite_statement tenant_delete_;
  sqlite_statement audit_add_;
  sqlite_statement audit_find_;
  sqlite_statement audit_newest_;
  sqlite_statement audit_prune_;
};

}  // namespace waggle::storage

// SPDX-License-Identifier: Apache-2.0
// SQLite's connection and statements as C++ objects. What it refuses is thrown as sqlite_error and
// ends in sqlite_store.cpp. One thread.
#pragma once

#include "server/storage/fact.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace waggle::storage {

class sqlite_error : public std::runtime_error {
 public:
  sqlite_error(int code, std::string const& text) : std::runtime_error(text), code_(code) {}

  /// The primary result code: SQLITE_FULL, SQLITE_BUSY, ...
  [[nodiscard]] int code() const { return code_ & 0xff; }

 private:
  int code_;
};

class sqlite_connection {
 public:
  /// Opens or makes the file. `busy_wait_ms`: how long a lock of another program is waited for.
  sqlite_connection(std::string const& path, int busy_wait_ms);

  /// Statements without a result.
  void run(char const* sql);
  [[nodiscard]] std::int64_t number(char const* sql);
  [[nodiscard]] std::string text(char const* sql);

  /// Rows that the last statement changed.
  [[nodiscard]] int changes() const { return sqlite3_changes(handle_.get()); }
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  /// Whether the file on the disk still begins as SQLite's files do.
  [[nodiscard]] bool header_is_whole() const;

  [[nodiscard]] sqlite3* get() const { return handle_.get(); }
  [[noreturn]] void fail(int code) const;

 private:
  struct closed {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, closed> handle_;
};

/// A prepared statement. `bind(...)` all values, then `run()`, or `next()` until it says no.
class sqlite_statement {
 public:
  sqlite_statement(sqlite_connection& in, std::string_view sql);

  template <class... Values>
  sqlite_statement& bind(Values const&... values) {
    reset();
    [[maybe_unused]] int at = 0;
    (bind_one(++at, values), ...);
    return *this;
  }

  /// Binds, and returns the first number of the first row, or 0.
  template <class... Values>
  std::int64_t ask(Values const&... values) {
    auto const found = bind(values...).next() ? number(0) : 0;
    reset();
    return found;
  }

  /// @return rows changed.
  int run();
  [[nodiscard]] bool next();
  /// Ends a statement of which not all rows were read.
  void reset() { sqlite3_reset(handle_.get()); }

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] wall_time time(int column) const;
  /// The info hash, and behind it the tenant if it has one.
  [[nodiscard]] swarm_id swarm(int column) const;

 private:
  void bind_one(int at, std::int64_t value);
  void bind_one(int at, std::uint64_t value) { bind_one(at, static_cast<std::int64_t>(value)); }
  void bind_one(int at, std::uint32_t value) { bind_one(at, std::int64_t{value}); }
  void bind_one(int at, int value) { bind_one(at, std::int64_t{value}); }
  void bind_one(int at, double value);
  void bind_one(int at, std::string const& value);
  void bind_one(int at, wall_time value) {
    bind_one(at, std::int64_t{value.time_since_epoch().count()});
  }
  void bind_one(int at, swarm_id const& value);

  static constexpr std::size_t swarm_bytes_max = swarm_id::bytes + sizeof(tenant_id);
  void check(int code) const;

  struct finalized {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  sqlite_connection* in_;
  std::unique_ptr<sqlite3_stmt, finalized> handle_;
};

}  // namespace waggle::storage

// SPDX-License-Identifier: Apache-2.0
// See sqlite_schema.hpp. Times are milliseconds since the epoch.
#include "server/storage/sqlite_schema.hpp"

#include <array>

namespace waggle::storage {
namespace {

// Number n brings a file from schema n to n + 1. Rows are only ever added here.
constexpr std::array migrations = {
    R"(CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
       CREATE TABLE swarms(
         id BLOB PRIMARY KEY, completed INTEGER NOT NULL, peak INTEGER NOT NULL,
         first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL) WITHOUT ROWID;
       CREATE INDEX swarms_by_last_seen ON swarms(last_seen);
       CREATE TABLE series(
         span INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
         sum REAL NOT NULL, count INTEGER NOT NULL,
         PRIMARY KEY(span, name, at)) WITHOUT ROWID;
       CREATE INDEX series_by_time ON series(span, at);
       CREATE TABLE bans(
         id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL,
         by TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL);
       CREATE TABLE audit(
         id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL,
         action TEXT NOT NULL, detail TEXT NOT NULL, ok INTEGER NOT NULL);)",
    R"(CREATE TABLE tenants(
         name TEXT PRIMARY KEY, settings TEXT NOT NULL, by TEXT NOT NULL,
         since INTEGER NOT NULL) WITHOUT ROWID;)",
};

void refuse_foreign(sqlite_connection& in) {
  auto const application = in.number("PRAGMA application_id");
  auto const version = in.number("PRAGMA user_version");
  auto const empty = in.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (application != sqlite_application_id && !(application == 0 && version == 0 && empty)) {
    throw sqlite_unsuitable{"is the file of another program"};
  }
  if (version > sqlite_schema_version()) {
    throw sqlite_unsuitable{"has schema " + std::to_string(version) +
                            " of a newer version; this one knows up to " +
                            std::to_string(sqlite_schema_version())};
  }
}

void migrate(sqlite_connection& in) {
  auto version = in.number("PRAGMA user_version");
  if (version == sqlite_schema_version()) return;
  in.run("BEGIN IMMEDIATE");
  version = in.number("PRAGMA user_version");  // another program may have been quicker
  for (; version < sqlite_schema_version(); ++version) {
    in.run(migrations[static_cast<std::size_t>(version)]);
  }
  in.run(("PRAGMA application_id=" + std::to_string(sqlite_application_id)).c_str());
  in.run(("PRAGMA user_version=" + std::to_string(version)).c_str());
  in.run("COMMIT");
}

}  // namespace

std::int64_t sqlite_schema_version() {
  return std::int64_t{migrations.size()};
}

void prepare_schema(sqlite_connection& in) {
  refuse_foreign(in);
  // In a write-ahead log a commit is one append; NORMAL syncs at checkpoints: a killed process
  // loses nothing that was committed, a power cut the last moments, neither ever the file.
  in.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=8388608");
  auto const found = in.text("PRAGMA quick_check(1)");
  if (found != "ok") throw sqlite_error{SQLITE_CORRUPT, found};
  migrate(in);
}

}  // namespace waggle::storage

// SPDX-License-Identifier: Apache-2.0
// See sqlite_file.hpp.
#include "server/storage/sqlite_file.hpp"

#include "server/storage/sqlite_schema.hpp"

#include <sys/stat.h>

namespace waggle::storage {
namespace {

constexpr int busy_wait_ms = 50;  // another program's lock; then the batch is tried again later

}  // namespace

sqlite_file::identity sqlite_file::on_disk() const {
  struct stat facts {};
  if (::stat(path_.c_str(), &facts) != 0) return {};
  return {facts.st_dev, facts.st_ino};
}

sqlite_tables& sqlite_file::tables() {
  if (tables_ && on_disk() != opened_) close();  // moved away or replaced: never write to a ghost
  if (tables_ && !connection_->header_is_whole()) {
    close();
    throw sqlite_error{SQLITE_NOTADB, "file is not a database"};
  }
  if (!tables_) open();
  return *tables_;
}

void sqlite_file::open() {
  try {
    connection_.emplace(path_, busy_wait_ms);
    prepare_schema(*connection_);
    tables_.emplace(*connection_, limits_);
    opened_ = on_disk();
  } catch (...) {
    close();
    throw;
  }
}

void sqlite_file::failed(int code) {
  if (code != SQLITE_BUSY && code != SQLITE_LOCKED && code != SQLITE_FULL) close();
}

void sqlite_file::close() {
  tables_.reset();
  connection_.reset();
}

}  // namespace waggle::storage

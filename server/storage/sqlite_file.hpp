// SPDX-License-Identifier: Apache-2.0
// The file with its tables, opened when it is first needed and again when it is another one. What
// is wrong comes out as sqlite_error or sqlite_unsuitable. One thread.
#pragma once

#include "server/storage/sqlite_handle.hpp"
#include "server/storage/sqlite_tables.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace waggle::storage {

class sqlite_file {
 public:
  sqlite_file(std::string path, row_limits const& limits)
      : path_(std::move(path)), limits_(limits) {}

  /// Opens the file unless it is open, still in its place, and still begins as it should.
  sqlite_tables& tables();

  /// After an error: what the file itself may be the cause of is opened anew the next time.
  void failed(int code);

  [[nodiscard]] std::string const& path() const { return path_; }

 private:
  struct identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(identity const&) const = default;
  };
  [[nodiscard]] identity on_disk() const;
  void open();
  void close();

  std::string path_;
  row_limits limits_;
  std::optional<sqlite_connection> connection_;
  std::optional<sqlite_tables> tables_;
  identity opened_;
};

}  // namespace waggle::storage

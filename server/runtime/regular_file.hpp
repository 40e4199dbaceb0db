// SPDX-License-Identifier: Apache-2.0
// A small regular file read whole, and what tells that it is no longer the same one. Never waits
// for a writer: a FIFO, a device or a directory is refused, as is a file past the bound. Any
// thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace waggle::runtime {

/// Which file a path leads to, through all symbolic links, and when it was last written.
struct file_identity {
  int error = 0;  // of stat(2); then the rest is zero
  dev_t device = 0;
  ino_t inode = 0;
  off_t bytes = 0;
  std::int64_t modified_ns = 0;  // since the epoch
  std::int64_t changed_ns = 0;   // the same for owner, mode and name, too

  bool operator==(file_identity const&) const = default;
};
[[nodiscard]] file_identity identify(std::string const& path);

struct file_limits {
  std::size_t bytes_max = 0;
  // The coarsest clock of a file system: two writes within it may leave the same times.
  std::chrono::milliseconds clock_tick{2'000};
};

/// A file as it was when it was read.
struct file_content {
  file_identity identity;
  std::string bytes;    // empty if there is a problem
  std::string problem;  // in words for the operator: "No such file or directory"

  /// It was written just before it was read, or could not be read: that its identity stays is then
  /// no proof that it does.
  bool fresh = false;

  [[nodiscard]] bool says_the_same(file_content const& other) const {
    return bytes == other.bytes && problem == other.problem;
  }
};
[[nodiscard]] file_content read_regular_file(std::string const& path, file_limits const& limits);

}  // namespace waggle::runtime

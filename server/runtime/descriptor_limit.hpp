// SPDX-License-Identifier: Apache-2.0
// How many files this process may have open (getrlimit(2)). Called once, at the start.
#pragma once

#include <cstddef>

namespace waggle::runtime {

struct descriptor_limit {
  std::size_t before = 0;  // the soft limit the process was started with
  std::size_t now = 0;     // the soft limit it has: the hard one, unless that was refused
};

/// Raises the soft limit to the hard limit.
descriptor_limit raise_descriptor_limit();

/// How many connections of clients fit into `limit` descriptors, so that the internal listener,
/// the log and the files that are read again keep theirs.
/// @param cores  each has an epoll set, a wake-up and its listeners.
[[nodiscard]] std::size_t connections_within(std::size_t limit, std::size_t cores,
                                             std::size_t listeners);

}  // namespace waggle::runtime

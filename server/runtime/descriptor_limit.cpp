// SPDX-License-Identifier: Apache-2.0
#include "server/runtime/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace waggle::runtime {

descriptor_limit raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  descriptor_limit result{.before = limit.rlim_cur, .now = limit.rlim_cur};
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) result.now = limit.rlim_cur;
  return result;
}

std::size_t connections_within(std::size_t limit, std::size_t cores, std::size_t listeners) {
  constexpr std::size_t per_core = 4;         // epoll, timer, wake-up, and one to spare
  constexpr std::size_t of_the_process = 32;  // standard streams, control loop, operators, files
  // A small limit is shared out instead: somebody must be able to get in at all.
  auto const reserved = std::min(of_the_process + cores * (per_core + listeners), limit / 2);
  return limit - reserved;
}

}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
#include "server/policy_files.hpp"

#include <algorithm>

namespace waggle {

runtime::file_content const& policy_files::read(std::string const& path, std::size_t bytes_max) {
  bytes_max_[path] = bytes_max;
  auto const known = read_.find(path);
  if (known != read_.end()) return known->second;
  return read_[path] = runtime::read_regular_file(path, {.bytes_max = bytes_max});
}

// One that was written a moment ago may be written again without a trace in its times, and one that
// could not be read may be there now: these are read again.
bool policy_files::changed() const {
  return std::ranges::any_of(read_, [this](auto const& one) {
    auto const& [path, before] = one;
    if (!before.fresh && runtime::identify(path) == before.identity) return false;
    auto const now = runtime::read_regular_file(path, {.bytes_max = bytes_max_.at(path)});
    return !now.says_the_same(before);
  });
}

}  // namespace waggle

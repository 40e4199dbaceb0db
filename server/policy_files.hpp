// SPDX-License-Identifier: Apache-2.0
// The files that settings name for who is served what: read together, and looked at again for
// changes. Control loop only.
#pragma once

#include "server/runtime/regular_file.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace waggle {

class policy_files {
 public:
  /// Reads `path`, or gives what was read of it before.
  /// @param bytes_max  more are a problem.
  [[nodiscard]] runtime::file_content const& read(std::string const& path, std::size_t bytes_max);

  /// Whether one of the files that were read says something else by now.
  [[nodiscard]] bool changed() const;

 private:
  std::map<std::string, runtime::file_content> read_;
  std::map<std::string, std::size_t> bytes_max_;
};

}  // namespace waggle

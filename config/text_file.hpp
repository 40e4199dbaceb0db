// SPDX-License-Identifier: Apache-2.0
// Reads a file that the operator names, up to a bound.
#pragma once

#include "config/problem.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace waggle {

/// The bytes of `path`; nothing, with a problem, where it cannot be read or is longer than
/// `bytes_max`, a whole number of MiB.
[[nodiscard]] std::optional<std::string> read_text_file(std::string const& path,
                                                        std::size_t bytes_max,
                                                        problem_list& problems);

}  // namespace waggle

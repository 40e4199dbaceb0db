// SPDX-License-Identifier: Apache-2.0
// `waggle token`: makes one token and prints it.
#pragma once

#include "config/token_line.hpp"

#include <chrono>
#include <iosfwd>

namespace waggle {

/// The token goes to `out`, what is wrong to `err`.
/// @return the exit code: 0, or 1 if a file cannot be read or its key cannot sign.
[[nodiscard]] int run_token(token_line const& asked, std::chrono::sys_seconds now,
                            std::ostream& out, std::ostream& err);

}  // namespace waggle

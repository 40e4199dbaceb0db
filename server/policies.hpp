// SPDX-License-Identifier: Apache-2.0
// From settings, and the files that they name, to what cores serve clients by. Control loop only.
#pragma once

#include "config/settings.hpp"
#include "server/core_loop.hpp"
#include "server/policy_files.hpp"
#include "server/token_office.hpp"

#include <string>
#include <vector>

namespace waggle {

struct policy_build {
  client_policies made;
  std::vector<std::string> problems;  // in words, with the setting; empty: `made` can be used
};

/// Makes a directory of the tenants and an office for their tokens. What is wrong with any file is
/// told, and nothing is then of use.
[[nodiscard]] policy_build build_policies(settings const& from, policy_files& files,
                                          token_office::wall_clock const& now);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What must hold between settings. check_files() asks the file system; the rest is pure.
#pragma once

#include "config/problem.hpp"
#include "config/settings.hpp"

#include <set>
#include <string>
#include <vector>

namespace waggle {

/// Rules that span several settings. Those that involve a key of `broken_keys` are left out: its
/// value was refused already, and a second complaint about the default would mislead.
void check_together(settings const& all, std::set<std::string> const& broken_keys,
                    problem_list& problems);

/// Whether the files that the settings name can be read.
void check_files(settings const& all, problem_list& problems);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The subcommands that start nothing: check-config, print-config, version. Each writes to the given
// streams and returns the exit code of the program.
#pragma once

#include "config/load.hpp"

#include <functional>
#include <iosfwd>

namespace waggle {

/// Exit codes of the program: 0 fine, 1 refused, 2 wrong usage.
inline constexpr int exit_ok = 0;
inline constexpr int exit_refused = 1;
inline constexpr int exit_usage = 2;

enum class config_document { commented_file, schema, markdown };

/// What only other parts of the program know to be wrong.
using further_check = std::function<void(settings const&, problem_list&)>;

/// Loads, and looks for the files that the settings name. "configuration ok" goes to `out`, all
/// problems go to `err`, one a line.
[[nodiscard]] int run_check_config(load_sources const& sources, std::ostream& out,
                                   std::ostream& err, further_check const& check = {});

[[nodiscard]] int run_print_config(config_document which, std::ostream& out);

[[nodiscard]] int run_version(std::ostream& out);

/// "0.1.0", from the project() line of CMakeLists.txt.
[[nodiscard]] char const* version_text();

/// One line a problem.
void print_problems(std::vector<problem> const& problems, std::ostream& err);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The options of `waggle content`.
#pragma once

#include "config/cli.hpp"

namespace CLI {
class App;
}

namespace waggle {

/// Adds the subcommand to `app`; it writes to `line`, which must outlive the parsing.
void add_content(CLI::App& app, cli& line);

}  // namespace waggle

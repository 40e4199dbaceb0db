// SPDX-License-Identifier: Apache-2.0
// The options of `waggle token`, for config/cli.cpp.
#pragma once

namespace CLI {
class App;
}

namespace waggle {

struct cli;

/// Adds the subcommand; `line` must outlive the parsing.
void add_token(CLI::App& app, cli& line);

}  // namespace waggle

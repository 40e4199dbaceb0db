// SPDX-License-Identifier: Apache-2.0
#include "config/content_options.hpp"

#include <CLI/CLI.hpp>

namespace waggle {

void add_content(CLI::App& app, cli& line) {
  auto* content = app.add_subcommand(
      "content", "Print the info hashes of a content registry, or what is wrong with it.");
  content->add_option("FILE", line.content_file, "The registry: JSON, comments allowed.")
      ->required()
      ->type_name("");
  content->callback([&line] { line.run = cli::command::content; });
}

}  // namespace waggle

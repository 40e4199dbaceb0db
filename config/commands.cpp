// SPDX-License-Identifier: Apache-2.0
// The subcommands that start nothing.
#include "config/commands.hpp"

#include "config/check.hpp"
#include "config/documents.hpp"

#include <ostream>

namespace waggle {

void print_problems(std::vector<problem> const& problems, std::ostream& err) {
  for (auto const& wrong : problems) err << to_string(wrong) << '\n';
}

int run_check_config(load_sources const& sources, std::ostream& out, std::ostream& err,
                     further_check const& check) {
  auto const loaded = load(sources);
  problem_list files;
  if (loaded.ok()) check_files(loaded.values, files);
  if (loaded.ok() && check) check(loaded.values, files);
  auto const unreadable = std::move(files).take();
  if (loaded.ok() && unreadable.empty()) {
    out << "configuration ok\n";
    return exit_ok;
  }
  print_problems(loaded.problems, err);
  print_problems(unreadable, err);
  return exit_refused;
}

int run_print_config(config_document which, std::ostream& out) {
  switch (which) {
    case config_document::commented_file:
      out << configuration_text();
      break;
    case config_document::schema:
      out << configuration_schema();
      break;
    case config_document::markdown:
      out << configuration_markdown();
      break;
  }
  return out ? exit_ok : exit_refused;
}

int run_version(std::ostream& out) {
  out << "waggle " << version_text() << '\n';
  return out ? exit_ok : exit_refused;
}

char const* version_text() {
  return WAGGLE_VERSION;
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "config/content_command.hpp"

#include "config/commands.hpp"
#include "config/content_file.hpp"
#include "config/hash_list.hpp"
#include "config/text_file.hpp"

#include <ostream>

namespace waggle {

int run_content(std::string const& path, std::ostream& out, std::ostream& err) {
  problem_list unreadable;
  auto const text = read_text_file(path, content_file_limits{}.bytes_max, unreadable);
  if (!text) {
    print_problems(std::move(unreadable).take(), err);
    return exit_refused;
  }
  auto const read = read_contents(path, *text);
  if (!read.ok()) {
    print_problems(read.problems, err);
    return exit_refused;
  }
  for (auto const& title : read.titles) {
    for (auto const& swarm : title.swarms) {
      out << hex_of(swarm.swarm) << '\t' << title.name << '\t' << swarm.label << '\t'
          << swarm.client << '\n';
    }
  }
  return out ? exit_ok : exit_refused;
}

}  // namespace waggle

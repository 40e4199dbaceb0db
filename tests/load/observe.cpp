// SPDX-License-Identifier: Apache-2.0
#include "tests/load/observe.hpp"

#include <unistd.h>

#include <fstream>
#include <limits>
#include <string>

namespace waggle::load {

observation observe(pid_t process) {
  observation seen;
  if (process <= 0) return seen;
  auto const folder = "/proc/" + std::to_string(process);
  std::ifstream stat{folder + "/stat"};
  stat.ignore(std::numeric_limits<std::streamsize>::max(), ')');  // the name may hold anything
  std::string skipped;
  for (int i = 3; i < 14; ++i) stat >> skipped;
  double user = 0;
  double system = 0;
  stat >> user >> system;
  auto const ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  seen.user_seconds = user / ticks;
  seen.system_seconds = system / ticks;
  std::ifstream status{folder + "/status"};
  for (std::string line; std::getline(status, line);) {
    auto const value = [&] { return std::stoull(line.substr(line.find(':') + 1)) * 1024; };
    if (line.starts_with("VmRSS:")) seen.resident_bytes = value();
    if (line.starts_with("RssAnon:")) seen.anonymous_bytes = value();
  }
  return seen;
}

}  // namespace waggle::load

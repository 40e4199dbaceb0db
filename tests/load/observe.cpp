// SPDX-License-Identifier: Apache-2.0
#include "tests/load/observe.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace waggle::load {
namespace {

/// CPU time of all its threads, to the nanosecond; 0 where the kernel does not keep it. The times
/// of /proc/PID/stat have 10 ms, which is a tenth of what a server that is nearly idle uses.
double running_seconds(std::string const& folder) {
  double nanoseconds = 0;
  std::error_code gone;
  for (auto const& thread : std::filesystem::directory_iterator{folder + "/task", gone}) {
    double of_thread = 0;
    std::ifstream{thread.path() / "schedstat"} >> of_thread;
    nanoseconds += of_thread;
  }
  return nanoseconds / 1e9;
}

}  // namespace

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
  if (auto const exact = running_seconds(folder); exact > 0 && user + system > 0) {
    seen.user_seconds = exact * user / (user + system);
    seen.system_seconds = exact * system / (user + system);
  }
  std::ifstream status{folder + "/status"};
  for (std::string line; std::getline(status, line);) {
    auto const value = [&] { return std::stoull(line.substr(line.find(':') + 1)) * 1024; };
    if (line.starts_with("VmRSS:")) seen.resident_bytes = value();
    if (line.starts_with("RssAnon:")) seen.anonymous_bytes = value();
  }
  return seen;
}

}  // namespace waggle::load

// SPDX-License-Identifier: Apache-2.0
// Reads /proc/self (proc(5)) and getrusage(2). Any thread; the control loop calls it.
#include "server/metrics/process.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace waggle {
namespace {

// Field numbers of /proc/self/stat as in proc(5); the fields after the command begin with 3.
constexpr int first_field_after_command = 3;
constexpr int start_time_field = 22;

double seconds(timeval const& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  if (!(statm >> total_pages >> resident_pages)) return 0;
  return resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  // Since Linux 6.2 the size of the directory is the number of descriptors.
  struct stat directory {};
  if (::stat("/proc/self/fd", &directory) == 0 && directory.st_size > 0) {
    return static_cast<double>(directory.st_size);
  }
  std::error_code failed;
  std::filesystem::directory_iterator entries("/proc/self/fd", failed);
  double count = 0;
  for (auto const end = std::filesystem::directory_iterator(); !failed && entries != end;
       entries.increment(failed)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // without the descriptor of this very iteration
}

double descriptors_max() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

double boot_time_seconds() {
  std::ifstream stat("/proc/stat");
  for (std::string key; stat >> key; stat.ignore(1 << 20, '\n')) {
    double value = 0;
    if (key == "btime") return stat >> value ? value : 0;
  }
  return 0;
}

double start_time_seconds() {
  std::ifstream stat("/proc/self/stat");
  std::string const line{std::istreambuf_iterator<char>(stat), {}};
  // The command is in parentheses and may itself hold spaces and parentheses.
  auto const command_end = line.rfind(')');
  double const boot = boot_time_seconds();
  if (command_end == std::string::npos || boot == 0) return 0;
  std::istringstream fields(line.substr(command_end + 1));
  std::string field;
  for (int i = first_field_after_command; i < start_time_field; ++i) fields >> field;
  double ticks = 0;
  if (!(fields >> ticks)) return 0;
  return boot + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

process_usage read_process_usage() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {.resident_bytes = resident_bytes(),
          .cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

process_facts read_process_facts() {
  static double const started = start_time_seconds();
  auto const usage = read_process_usage();
  return {.process_start_time_seconds = started,
          .process_resident_memory_bytes = usage.resident_bytes,
          .process_open_fds = open_descriptors(),
          .process_max_fds = descriptors_max(),
          .process_cpu_seconds_total = usage.cpu_seconds};
}

}  // namespace waggle

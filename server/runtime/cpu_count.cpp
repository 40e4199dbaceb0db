// SPDX-License-Identifier: Apache-2.0
#include "server/runtime/cpu_count.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace waggle::runtime {
namespace {

std::optional<long> number(std::string_view text) {
  long value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data() || value <= 0) return std::nullopt;
  return value;
}

std::string contents(char const* path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::optional<unsigned> whole_cpus(std::optional<long> quota, std::optional<long> period) {
  if (!quota || !period) return std::nullopt;
  auto const rounded_up = *quota / *period + (*quota % *period == 0 ? 0 : 1);
  return static_cast<unsigned>(std::clamp(rounded_up, 1L, 4096L));
}

std::optional<unsigned> cgroup_quota() {
  if (auto const v2 = parse_cpu_max(contents("/sys/fs/cgroup/cpu.max"))) return v2;
  // cgroup v1: a quota of -1 means none.
  return whole_cpus(number(contents("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")),
                    number(contents("/sys/fs/cgroup/cpu/cpu.cfs_period_us")));
}

}  // namespace

std::optional<unsigned> parse_cpu_max(std::string_view text) {
  auto const space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  return whole_cpus(number(text.substr(0, space)), number(text.substr(space + 1)));
}

unsigned usable_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  auto const allowed =
      sched_getaffinity(0, sizeof mask, &mask) == 0 ? std::max(1, CPU_COUNT(&mask)) : 1;
  auto const cpus = static_cast<unsigned>(allowed);
  auto const quota = cgroup_quota();
  return quota ? std::min(cpus, *quota) : cpus;
}

}  // namespace waggle::runtime

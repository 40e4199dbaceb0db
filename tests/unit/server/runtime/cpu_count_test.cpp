// SPDX-License-Identifier: Apache-2.0
// How the quota of a cgroup is read.
#include "server/runtime/cpu_count.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

namespace waggle::runtime {
namespace {

TEST(CpuCount, ReadsTheQuotaOfACgroupRoundedUp) {
  std::vector<std::pair<std::string_view, unsigned>> const table{
      {"100000 100000\n", 1}, {"200000 100000\n", 2}, {"150000 100000", 2},
      {"1000 100000", 1},     {"400000 50000\n", 8},  {"9223372036854775807 100000\n", 4096}};
  for (auto const& [text, cpus] : table) EXPECT_EQ(parse_cpu_max(text), cpus) << text;
}

TEST(CpuCount, KnowsWhereThereIsNoQuota) {
  for (std::string_view const text : {"max 100000\n", "", "\n", "max", "100000", "0 100000",
                                      "-1 100000", "100000 0", "x y", "100000 max", " 100000"}) {
    EXPECT_EQ(parse_cpu_max(text), std::nullopt) << text;
  }
}

TEST(CpuCount, ThereIsAlwaysOne) {
  EXPECT_GE(usable_cpus(), 1U);
}

}  // namespace
}  // namespace waggle::runtime

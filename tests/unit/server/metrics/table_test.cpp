// SPDX-License-Identifier: Apache-2.0
// The integrity of the table of metrics, and that docs/metrics.md was made from it.
#include "server/metrics/families.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace waggle {
namespace {

struct described {
  std::string name, help;
  bool counts = false;
};

/// Lower-case words and digits with single underscores between them.
bool is_identifier(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos &&
         name.front() >= 'a' && name.back() != '_' && name.find("__") == std::string_view::npos;
}

std::vector<described> every_family() {
  std::vector<described> all;
  for (auto const& row : counter_families()) {
    all.push_back({std::string(row.name), std::string(row.help), true});
  }
  for (auto const& row : gauge_families()) {
    all.push_back({std::string(row.name), std::string(row.help), false});
  }
  for (auto const& row : service_families()) {
    all.push_back({std::string(row.name), std::string(row.help), row.kind == metric_kind::counter});
  }
  for (auto const& row : process_families()) {
    all.push_back({std::string(row.name), std::string(row.help), row.kind == metric_kind::counter});
  }
  all.push_back({std::string(build_info_name), std::string(build_info_help), false});
  return all;
}

TEST(MetricsTable, NamesAreUnique) {
  std::set<std::string> seen;
  for (auto const& family : every_family()) {
    EXPECT_TRUE(seen.insert(family.name).second) << family.name;
  }
}

TEST(MetricsTable, NamesFollowTheConventionOfPrometheus) {
  for (auto const& family : every_family()) {
    EXPECT_TRUE(is_identifier(family.name)) << family.name;
    EXPECT_TRUE(family.name.starts_with("waggle_") || family.name.starts_with("process_"))
        << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.counts) << family.name;
  }
}

TEST(MetricsTable, HelpIsASentenceOnOneLine) {
  for (auto const& family : every_family()) {
    EXPECT_GT(family.help.size(), 10U) << family.name;
    EXPECT_EQ(family.help.back(), '.') << family.name;
    EXPECT_EQ(family.help.find_first_of("\n|"), std::string::npos) << family.name;
  }
}

TEST(MetricsTable, LabelValuesAreUniqueIdentifiers) {
  for (auto const& row : counter_families()) {
    if (row.label.empty()) {
      EXPECT_EQ(row.values.size(), 1U) << row.name;
      continue;
    }
    std::set<std::string> seen;
    EXPECT_GT(row.values.size(), 1U) << row.name;
    for (auto const value : row.values) {
      EXPECT_TRUE(is_identifier(value)) << row.name << " " << value;
      EXPECT_TRUE(seen.insert(std::string(value)).second) << row.name << " " << value;
    }
  }
}

TEST(MetricsTable, FamiliesShareNoSlotAndLeaveNone) {
  std::size_t next = 0;
  for (auto const& row : counter_families()) {
    EXPECT_EQ(row.first_slot, next) << row.name;
    next += row.values.size();
  }
  EXPECT_EQ(next, counter::slots);
}

TEST(MetricsTable, FailureLabelNamesEveryErrorInOrder) {
  auto const& names = label::values<label::failure>;
  ASSERT_EQ(names.size(), error_table().size() + 1);
  for (std::size_t i = 0; i < error_table().size(); ++i) {
    EXPECT_EQ(names[i], error_table()[i].name);
  }
  EXPECT_EQ(names.back(), "other");
}

TEST(MetricsTable, PageOfTheManualIsCurrent) {
  std::string const path = std::string(WAGGLE_SOURCE_DIR) + "/docs/metrics.md";
  if (std::getenv("WAGGLE_REGENERATE") != nullptr) std::ofstream(path) << metrics_markdown();

  std::ifstream file(path);
  std::string const page{std::istreambuf_iterator<char>(file), {}};

  EXPECT_EQ(page, metrics_markdown()) << "WAGGLE_REGENERATE=1 rewrites " << path;
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Every bound of every setting, read off the table: the value below, at and above each end, through
// the three sources.
#include "config/fields.hpp"
#include "config/load.hpp"
#include "config/value.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace waggle {
namespace {

using nlohmann::json;

// Whether a configuration with this one value has a problem with its key. Rules between settings
// are a matter of their own (load_test.cpp), so only assign() is asked.
bool is_accepted(field const& which, json const& value) {
  settings all;
  return assign(which, all, value).empty();
}

bool is_integer(field const& which) {
  settings any;
  auto const value = which.in(any);
  return std::holds_alternative<std::uint32_t*>(value) ||
         std::holds_alternative<std::size_t*>(value);
}

bool is_duration(field const& which) {
  settings any;
  return std::holds_alternative<std::chrono::milliseconds*>(which.in(any));
}

std::string milliseconds_text(std::int64_t count) {
  return std::to_string(count) + "ms";
}

TEST(Bounds, EveryIntegerIsTakenUpToItsBoundsAndNotBeyond) {
  for (auto const& row : field_table()) {
    if (!is_integer(row)) continue;
    SCOPED_TRACE(key_of(row));
    auto const low = static_cast<std::int64_t>(row.bounds.low);
    auto const high = static_cast<std::int64_t>(row.bounds.high);

    EXPECT_FALSE(is_accepted(row, low - 1));
    EXPECT_TRUE(is_accepted(row, low));
    EXPECT_TRUE(is_accepted(row, high));
    EXPECT_FALSE(is_accepted(row, high + 1));
    EXPECT_FALSE(is_accepted(row, std::numeric_limits<std::uint64_t>::max()));
  }
}

TEST(Bounds, EveryDurationIsTakenUpToItsBoundsAndNotBeyond) {
  for (auto const& row : field_table()) {
    if (!is_duration(row)) continue;
    SCOPED_TRACE(key_of(row));
    auto const low = static_cast<std::int64_t>(row.bounds.low);
    auto const high = static_cast<std::int64_t>(row.bounds.high);

    EXPECT_FALSE(is_accepted(row, low > 0 ? json(milliseconds_text(low - 1)) : json(-0.001)));
    EXPECT_TRUE(is_accepted(row, milliseconds_text(low)));
    EXPECT_TRUE(is_accepted(row, milliseconds_text(high)));
    EXPECT_FALSE(is_accepted(row, milliseconds_text(high + 1)));
    EXPECT_TRUE(is_accepted(row, static_cast<double>(high) / 1000));
    EXPECT_FALSE(is_accepted(row, static_cast<double>(high + 1) / 1000));
    EXPECT_FALSE(is_accepted(row, 1e300));
    EXPECT_FALSE(is_accepted(row, "999999999999999999999h"));
  }
}

TEST(Bounds, EveryTextIsTakenUpToItsLengthAndNotBeyond) {
  for (auto const& row : field_table()) {
    settings any;
    if (!std::holds_alternative<std::string*>(row.in(any))) continue;
    SCOPED_TRACE(key_of(row));

    EXPECT_TRUE(is_accepted(row, ""));
    EXPECT_TRUE(is_accepted(row, std::string(row.bounds.high, 'a')));
    EXPECT_FALSE(is_accepted(row, std::string(row.bounds.high + 1, 'a')));
    EXPECT_FALSE(is_accepted(row, "line\nbreak"));
  }
}

TEST(Bounds, EveryListIsTakenUpToItsItemsAndNotBeyond) {
  for (auto const& row : field_table()) {
    settings any;
    auto const value = row.in(any);
    json item;
    if (std::holds_alternative<std::vector<endpoint_setting>*>(value)) item = ":0";
    if (std::holds_alternative<std::vector<std::string>*>(value)) item = std::string(40, 'a');
    if (item.is_null()) continue;
    SCOPED_TRACE(key_of(row));

    EXPECT_TRUE(is_accepted(row, json::array()));
    EXPECT_TRUE(is_accepted(row, json::array_t(row.bounds.high, item)));
    EXPECT_FALSE(is_accepted(row, json::array_t(row.bounds.high + 1, item)));
  }
}

TEST(Bounds, EveryWordOfAnEnumIsTakenAndNoOther) {
  for (auto const& row : field_table()) {
    settings any;
    auto const words = std::visit(
        [](auto* value) -> std::span<std::string_view const> {
          if constexpr (worded<decltype(*value)>) return words_of(*value);
          return {};
        },
        row.in(any));
    if (words.empty()) continue;
    SCOPED_TRACE(key_of(row));

    ASSERT_LT(row.bounds.high, words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(is_accepted(row, words[i]), i <= row.bounds.high) << words[i];
    }
    EXPECT_FALSE(is_accepted(row, "other"));
    EXPECT_FALSE(is_accepted(row, 0));
  }
}

TEST(Bounds, ARefusedValueLeavesTheSettingAsItWas) {
  for (auto const& row : field_table()) {
    settings all;

    EXPECT_FALSE(assign(row, all, json::object()).empty()) << key_of(row);
    EXPECT_FALSE(assign(row, all, nullptr).empty()) << key_of(row);

    EXPECT_EQ(all, settings{}) << key_of(row);
  }
}

TEST(Bounds, TheProblemNamesKeyAndBound) {
  for (auto const& row : field_table()) {
    if (!is_integer(row)) continue;
    auto const loaded = load({.flags = {{key_of(row), {std::to_string(row.bounds.high + 1)}}}});

    ASSERT_FALSE(loaded.ok()) << key_of(row);
    EXPECT_EQ(loaded.problems[0].key, key_of(row));
    EXPECT_NE(loaded.problems[0].what.find(bounds_text(row)), std::string::npos);
  }
}

TEST(Fields, KeysAndVariablesAreUniqueAndEverySectionHasARow) {
  std::vector<std::string> keys;
  std::vector<std::string> variables;
  std::vector<std::string_view> sections;
  for (auto const& row : field_table()) {
    keys.push_back(key_of(row));
    variables.push_back(environment_name_of(row));
    if (sections.empty() || sections.back() != row.section) sections.push_back(row.section);
    EXPECT_EQ(find_field(key_of(row)), &row);
    EXPECT_FALSE(row.doc.empty()) << key_of(row);
    EXPECT_EQ(row.doc.find('|'), std::string_view::npos) << "would break the Markdown table";
  }
  std::sort(keys.begin(), keys.end());
  std::sort(variables.begin(), variables.end());

  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
  EXPECT_EQ(std::adjacent_find(variables.begin(), variables.end()), variables.end());
  ASSERT_EQ(sections.size(), section_table().size());
  for (std::size_t i = 0; i < sections.size(); ++i) {
    EXPECT_EQ(sections[i], section_table()[i].name);
  }
}

TEST(Fields, OnlyWhatIsMadeAtTheStartNeedsARestart) {
  std::vector<std::string> fixed;
  for (auto const& row : field_table()) {
    if (!row.reloadable) fixed.push_back(key_of(row));
  }

  EXPECT_EQ(fixed, (std::vector<std::string>{"network.listen",
                                             "network.listen_tls",
                                             "network.listen_proxy",
                                             "network.listen_tls_proxy",
                                             "network.internal",
                                             "network.cores",
                                             "network.tick",
                                             "network.demo",
                                             "tls.cert",
                                             "tls.key",
                                             "stun.enabled",
                                             "stun.listen",
                                             "stun.host",
                                             "stun.source_per_second",
                                             "stun.requests_per_second",
                                             "mailbox.relay_bytes_max",
                                             "admin.token",
                                             "admin.token_file",
                                             "admin.recorder_bytes",
                                             "storage.url",
                                             "storage.swarms_max",
                                             "storage.audit_max",
                                             "storage.queue_max",
                                             "storage.series_interval"}));
}

}  // namespace
}  // namespace waggle

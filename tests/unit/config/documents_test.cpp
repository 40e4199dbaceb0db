// SPDX-License-Identifier: Apache-2.0
// The documents derived from the table: the commented file loads, the schema and the page are
// complete.
#include "config/documents.hpp"

#include "config/load.hpp"
#include "config/value.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace waggle {
namespace {

using nlohmann::json;

TEST(PrintConfig, LoadsToTheDefaults) {
  auto const loaded = load({.text = configuration_text()});

  for (auto const& wrong : loaded.problems) ADD_FAILURE() << to_string(wrong);
  EXPECT_EQ(loaded.values, settings{});
}

TEST(PrintConfig, LoadsToTheValuesItWasPrintedFrom) {
  settings all;
  for (auto const& row : field_table()) {
    auto const high = static_cast<std::int64_t>(row.bounds.high);
    // The highest value that the kind allows; settings of other kinds are set below.
    if (!assign(row, all, high).empty()) {
      static_cast<void>(assign(row, all, std::to_string(high) + "ms"));
    }
  }
  all.network.listen = {{"::1", 5}, {"10.0.0.1", 6}};
  all.webtorrent.scrape_all = true;
  all.access.mode = access_mode_setting::allow;
  all.access.info_hashes = {std::string(40, '0')};
  all.access.warning = "no \"entry\" \xc3\xbc";
  all.ice = {.urls = {{"turn:turn.example.org"}}, .turn_secret = "", .turn_ttl = all.ice.turn_ttl};
  all.admin = {};  // a secret is not printed as it is
  all.log.net = log_level::off;
  all.log.format = log_format::json;

  auto const loaded = load({.text = configuration_text(all)});

  for (auto const& wrong : loaded.problems) ADD_FAILURE() << to_string(wrong);
  EXPECT_EQ(loaded.values, all);
  EXPECT_NE(all, settings{});
}

TEST(PrintConfig, NamesEverySettingWithItsBoundsAndKeepsTheLineLength) {
  auto const text = configuration_text();
  for (auto const& row : field_table()) {
    EXPECT_NE(text.find("\"" + std::string{row.name} + "\": "), std::string::npos) << key_of(row);
    EXPECT_NE(text.find("// (" + bounds_text(row)), std::string::npos) << key_of(row);
  }
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(Profiles, LoadAndTheFirstIsThePrintedConfiguration) {
  std::string const folder = WAGGLE_SOURCE_DIR "/config/profiles/";
  for (auto const* name : {"waggle.json", "proxy.json"}) {
    auto const loaded = load({.file_path = folder + name});
    for (auto const& wrong : loaded.problems) ADD_FAILURE() << to_string(wrong);
  }
  std::ostringstream text;
  text << std::ifstream{folder + "waggle.json"}.rdbuf();
  EXPECT_EQ(text.str(), configuration_text()) << "regenerate it by `waggle print-config`";
}

TEST(Schema, HasEveryFieldWithItsBoundsAndDefault) {
  auto const schema = json::parse(configuration_schema());
  for (auto const& row : field_table()) {
    SCOPED_TRACE(key_of(row));
    auto const pointer =
        "/properties/" + std::string{row.section} + "/properties/" + std::string{row.name};
    ASSERT_TRUE(schema.contains(json::json_pointer(pointer)));
    auto const& property = schema[json::json_pointer(pointer)];

    EXPECT_EQ(property["description"], row.doc);
    EXPECT_EQ(property["default"], value_in({}, row));
    settings any;
    if (std::holds_alternative<std::uint32_t*>(row.in(any))) {
      EXPECT_EQ(property["minimum"], row.bounds.low);
      EXPECT_EQ(property["maximum"], row.bounds.high);
    }
    if (std::holds_alternative<std::size_t*>(row.in(any))) {
      EXPECT_EQ(property["anyOf"][0]["maximum"], row.bounds.high);
    }
    if (std::holds_alternative<std::chrono::milliseconds*>(row.in(any))) {
      EXPECT_EQ(property["anyOf"][0]["type"], "number");
      EXPECT_EQ(property["anyOf"][0]["maximum"], static_cast<double>(row.bounds.high) / 1000);
    }
  }
  EXPECT_EQ(schema["properties"]["log"]["additionalProperties"], false);
  EXPECT_EQ(schema["properties"]["log"]["properties"]["format"]["enum"], json({"text", "json"}));
}

TEST(Markdown, HasOneRowForEveryField) {
  auto const page = configuration_markdown();
  for (auto const& row : field_table()) {
    auto const start = "\n| `" + key_of(row) + "` | `";
    auto const at = page.find(start);
    ASSERT_NE(at, std::string::npos) << key_of(row);
    EXPECT_EQ(page.find(start, at + 1), std::string::npos) << key_of(row);
  }
  EXPECT_NE(page.find("| `--tls-cert` | `tls.cert` |"), std::string::npos);
}

}  // namespace
}  // namespace waggle

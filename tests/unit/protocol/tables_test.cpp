// SPDX-License-Identifier: Apache-2.0
// The tables of errors and close codes, and the page of the manual that repeats them.
#include "protocol/error.hpp"
#include "protocol/websocket/close_code.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace waggle {
namespace {

std::string errors_markdown() {
  std::string page =
      "<!-- Generated from protocol/error.hpp and protocol/websocket/close_code.hpp by their unit\n"
      "     test; WAGGLE_REGENERATE=1 writes it anew. Do not edit. -->\n"
      "# Errors\n\n"
      "## Failures\n\n"
      "A message that is refused is answered with a `failure reason`; the connection stays "
      "open.\n\n"
      "| name in the metrics | `failure reason` | |\n|---|---|---|\n";
  for (auto const& row : error_table()) {
    page += "| `" + std::string{row.name} + "` | " + std::string{row.text} + " | " +
            std::string{row.note} + " |\n";
  }
  page +=
      "\n## Close codes\n\n"
      "| code | name | reason sent | |\n|---|---|---|---|\n";
  for (auto const& row : websocket::close_table()) {
    page += "| " + std::to_string(static_cast<unsigned>(row.code)) + " | `" +
            std::string{row.name} + "` | " + std::string{row.text} + " | " + std::string{row.note} +
            " |\n";
  }
  return page;
}

TEST(ErrorTable, HasOneRowForEachErrorAndDistinctTexts) {
  std::set<std::string_view> texts;

  for (auto const& row : error_table()) {
    EXPECT_EQ(reason(row.code), row.text);
    EXPECT_EQ(error_with_reason(row.text), row.code);
    EXPECT_EQ(make_error_code(row.code).message(), row.text);
    EXPECT_TRUE(texts.insert(row.text).second) << row.name;
  }

  EXPECT_EQ(texts.size(), error_count);
  EXPECT_EQ(error_with_reason("something an operator wrote"), errc::ok);
}

TEST(ErrorTable, PageOfTheManualIsCurrent) {
  auto const path = std::string{WAGGLE_SOURCE_DIR} + "/docs/errors.md";
  if (std::getenv("WAGGLE_REGENERATE") != nullptr) std::ofstream{path} << errors_markdown();

  std::ifstream file{path};
  std::string const page{std::istreambuf_iterator<char>{file}, {}};

  EXPECT_EQ(page, errors_markdown());
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Secrets are never repeated: not in what is printed, and not in what is said of mistakes.
#include "config/check.hpp"
#include "config/documents.hpp"
#include "config/load.hpp"
#include "config/value.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using nlohmann::json;

std::string all_of(std::vector<problem> const& problems) {
  std::string text;
  for (auto const& one : problems) text += to_string(one) + "\n";
  return text;
}

TEST(Secret, IsPrintedAsStars) {
  settings all;
  auto const& token = *find_field("admin.token");
  EXPECT_EQ(printable(all, token), "");
  all.admin.token = "open-sesame";
  all.admin.token_file = "/etc/waggle/token";

  EXPECT_EQ(printable(all, token), "***");
  EXPECT_EQ(printable(all, *find_field("admin.token_file")), "/etc/waggle/token");
  auto const text = configuration_text(all);
  EXPECT_EQ(text.find("sesame"), std::string::npos);
  EXPECT_NE(text.find("\"token\": \"***\""), std::string::npos);
}

TEST(Secret, IsNotRepeatedByWhoRefusesIt) {
  for (std::string const text : {
           R"({"admin":{"token":["sesame"]}})",
           R"({"admin":{"token":{"sesame":1}}})",
           R"({"admin":{"token":"sesame\u0007"}})",
           R"({"admin":{"token":"sesame" "sesame"}})",
           "{\"admin\":{\"token\":\"sesame\n",
       }) {
    auto const loaded = load({.text = text});
    EXPECT_FALSE(loaded.ok()) << text;
    EXPECT_EQ(all_of(loaded.problems).find("sesame"), std::string::npos) << all_of(loaded.problems);
  }
  auto const number = load({.text = R"({"admin":{"token":77665544}})"});
  EXPECT_EQ(all_of(number.problems).find("7766"), std::string::npos) << all_of(number.problems);
}

TEST(Secret, OfTwoPlacesIsRefused) {
  auto const loaded = load({.text = R"({"admin":{"token":"a","token_file":"/b"}})"});

  EXPECT_NE(all_of(loaded.problems).find("admin.token_file"), std::string::npos);
}

TEST(Secret, FileOfTheTokenIsLookedAtByCheckConfig) {
  problem_list problems;
  settings all;
  all.admin.token_file = "/does/not/exist";

  check_files(all, problems);

  auto const text = all_of(std::move(problems).take());
  EXPECT_NE(text.find("admin.token_file"), std::string::npos) << text;
}

}  // namespace
}  // namespace waggle

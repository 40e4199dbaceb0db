// SPDX-License-Identifier: Apache-2.0
// The files of the dashboard: where they are, and what browsers are told to keep to.
#include "server/control/dashboard.hpp"

#include "server/web/web_assets.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

std::string field_of(http_answer const& answer, std::string_view name) {
  for (auto const& field : answer.fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

TEST(Dashboard, IsBelowUi) {
  for (auto const* const path : {"/", "/ui", "/ui/", "/ui/a/b"})
    EXPECT_TRUE(is_dashboard_path(path));
  for (auto const* const path : {"/uix", "/api", "", "/metrics", "//ui/"}) {
    EXPECT_FALSE(is_dashboard_path(path)) << path;
  }
  for (auto const* const path : {"/", "/ui"}) {
    auto const answer = dashboard_answer(path, {});
    EXPECT_EQ(answer.status, 302U);
    EXPECT_EQ(field_of(answer, "Location"), "/ui/");
  }
}

TEST(Dashboard, EveryFileIsServedWithItsHeaders) {
  ASSERT_FALSE(web_assets().empty());
  for (auto const& asset : web_assets()) {
    SCOPED_TRACE(std::string{asset.path});
    auto const answer = dashboard_answer("/ui/" + std::string{asset.path}, {});
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.content_type, asset.content_type);
    EXPECT_EQ(answer.fixed_body, asset.bytes);
    EXPECT_EQ(field_of(answer, "ETag"), asset.etag);
    EXPECT_TRUE(field_of(answer, "Content-Security-Policy").starts_with("default-src 'none'; "));
    EXPECT_EQ(field_of(answer, "Cache-Control"),
              asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");

    auto const known = dashboard_answer("/ui/" + std::string{asset.path}, asset.etag);
    EXPECT_EQ(known.status, 304U);
    EXPECT_EQ(known.fixed_body, "");
    EXPECT_EQ(field_of(known, "ETag"), asset.etag);
  }
}

TEST(Dashboard, ViewIsThePageAndAnUnknownFileIs404) {
  auto const page = dashboard_answer("/ui/", {});
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_NE(page.fixed_body, "");
  EXPECT_EQ(dashboard_answer("/ui/swarms/0011", {}).fixed_body, page.fixed_body);
  for (auto const* const path : {"/ui/app.js", "/ui/../metrics.txt", "/ui/assets/x.css"}) {
    EXPECT_EQ(dashboard_answer(path, {}).status, 404U) << path;
  }
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// The table of routes, and that openapi.json tells of the same.
#include "server/control/api/route.hpp"

#include "server/control/api/openapi.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace waggle::api {
namespace {

std::string lower(std::string_view text) {
  std::string made{text};
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

std::set<std::string> routes_of_table() {
  std::set<std::string> all;
  for (auto const& row : route_table())
    all.insert(lower(name_of(row.method)) + " " + std::string{row.path});
  return all;
}

TEST(ApiRoutes, AreThoseOfTheDocument) {
  auto const document = nlohmann::json::parse(openapi_document());
  std::set<std::string> described;
  for (auto const& [path, item] : document.at("paths").items()) {
    for (auto const& [method, operation] : item.items()) {
      if (method != "parameters") described.insert(method + " " + path);
    }
  }

  EXPECT_EQ(described, routes_of_table());
  EXPECT_EQ(document.at("servers")[0].at("url"), prefix);
}

TEST(ApiRoutes, NeedATokenAndJsonWhereTheDocumentSaysSo) {
  auto const document = nlohmann::json::parse(openapi_document());
  for (auto const& row : route_table()) {
    SCOPED_TRACE(std::string{row.path});
    auto const& operation =
        document.at("paths").at(std::string{row.path}).at(lower(name_of(row.method)));
    EXPECT_EQ(operation.contains("security"), row.traits.without_token);
    EXPECT_EQ(operation.at("responses").contains("401"), !row.traits.without_token);
    EXPECT_EQ(operation.at("responses").contains("415"), row.traits.changes);
    EXPECT_EQ(row.traits.changes, row.method != http_method::get);
  }
}

TEST(ApiRoutes, MatchWholeSegments) {
  auto const events = match_route(http_method::get, "/api/v1/swarms/abc/events");
  ASSERT_NE(events.found, nullptr);
  EXPECT_EQ(events.found->path, "/swarms/{info_hash}/events");
  EXPECT_EQ(events.id, "abc");
  auto const one = match_route(http_method::head, "/api/v1/swarms/abc");
  ASSERT_NE(one.found, nullptr);
  EXPECT_EQ(one.found->path, "/swarms/{info_hash}");

  for (auto const* const path :
       {"/api/v1", "/api/v1/", "/api/v1/swarms/", "/api/v1/swarms/a/b/events", "/api/v2/overview",
        "/api/v1/overview/", "/api/v1/bans/", "/api/v1/swarms//watch", "/api/v1/overviewx"}) {
    auto const none = match_route(http_method::get, path);
    EXPECT_EQ(none.found, nullptr) << path;
    EXPECT_EQ(none.allow, "") << path;
  }
}

TEST(ApiRoutes, NameTheMethodsOfAPathThatHasOthers) {
  EXPECT_EQ(match_route(http_method::del, "/api/v1/bans").allow, "GET, HEAD, POST");
  EXPECT_EQ(match_route(http_method::get, "/api/v1/drain").allow, "POST");
  EXPECT_EQ(match_route(http_method::other, "/api/v1/swarms/ab/watch").allow, "PUT, DELETE");
}

}  // namespace
}  // namespace waggle::api

// SPDX-License-Identifier: Apache-2.0
#include "server/core/origin_filter.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

TEST(OriginFilter, AdmitsEverybodyWithoutPatterns) {
  EXPECT_TRUE(origin_filter{}.admits("https://example.org"));
  EXPECT_TRUE(origin_filter{}.admits(""));
}

TEST(OriginFilter, MatchesWholeOriginsWithoutRegardToCase) {
  origin_filter const filter{{"https://Example.org"}};

  EXPECT_TRUE(filter.admits("https://example.org"));
  EXPECT_TRUE(filter.admits("HTTPS://EXAMPLE.ORG"));
  EXPECT_FALSE(filter.admits("http://example.org"));
  EXPECT_FALSE(filter.admits("https://example.org:8443"));
  EXPECT_FALSE(filter.admits("https://example.org.evil.net"));
  EXPECT_FALSE(filter.admits("https://evil.net/https://example.org"));
}

TEST(OriginFilter, StarStandsForAnythingWithinTheHost) {
  origin_filter const filter{{"https://*.example.org", "http://localhost:*"}};

  EXPECT_TRUE(filter.admits("https://a.example.org"));
  EXPECT_TRUE(filter.admits("https://a.b.example.org"));
  EXPECT_FALSE(filter.admits("https://example.org"));
  EXPECT_FALSE(filter.admits("https://evil.net/x.example.org"));
  EXPECT_FALSE(filter.admits("https://.example.org.evil.net"));
  EXPECT_TRUE(filter.admits("http://localhost:5173"));
}

TEST(OriginFilter, RequestsWithoutAnOriginNeedTheWordNone) {
  EXPECT_FALSE(origin_filter{{"*"}}.admits(""));
  EXPECT_TRUE(origin_filter{{"*"}}.admits("null")) << "what a sandboxed page states";
  EXPECT_TRUE((origin_filter{{"https://example.org", "none"}}.admits("")));
  EXPECT_FALSE(origin_filter{{"none"}}.admits("https://example.org"));
}

TEST(OriginFilter, TakesLinearWorkForManyStars) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(matches_origin(pattern + "b", std::string(origin_bytes_max, 'a')));
  EXPECT_TRUE(matches_origin(pattern, std::string(origin_bytes_max, 'a')));
  EXPECT_FALSE(origin_filter{{"*"}}.admits(std::string(origin_bytes_max + 1, 'a')));
}

}  // namespace
}  // namespace waggle::test

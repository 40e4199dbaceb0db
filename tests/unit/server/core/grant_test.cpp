// SPDX-License-Identifier: Apache-2.0
#include "server/core/grant.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

info_hash hash_of(std::string_view twenty) {
  info_hash hash;
  std::copy(twenty.begin(), twenty.end(), hash.value.begin());
  return hash;
}

swarm_scope scope(std::vector<std::string> const& entries) {
  return swarm_scope{entries};
}

TEST(SwarmScope, OfNothingSaidCoversAllAndAnEmptyOneNothing) {
  EXPECT_TRUE(swarm_scope{}.covers(hash_of("aaaaaaaaaaaaaaaaaaaa"), ""));
  EXPECT_FALSE(scope({}).covers(hash_of("aaaaaaaaaaaaaaaaaaaa"), "name"));
  EXPECT_TRUE(scope({"*"}).covers(hash_of("aaaaaaaaaaaaaaaaaaaa"), ""));
}

TEST(SwarmScope, TakesHashesAsDigitsAndAsCharacters) {
  auto const hash = hash_of("aaaaaaaaaaaaaaaaaaaa");

  EXPECT_TRUE(scope({"6161616161616161616161616161616161616161"}).covers(hash, ""));
  EXPECT_TRUE(scope({"aaaaaaaaaaaaaaaaaaaa"}).covers(hash, ""));
  EXPECT_FALSE(scope({"aaaaaaaaaaaaaaaaaaab"}).covers(hash, ""));
  EXPECT_FALSE(scope({"61616161"}).covers(hash, "")) << "no beginning of a hash";
}

TEST(SwarmScope, TakesNamesAndTheirBeginnings) {
  auto const hash = hash_of("aaaaaaaaaaaaaaaaaaaa");

  EXPECT_TRUE(scope({"live/one"}).covers(hash, "live/one"));
  EXPECT_FALSE(scope({"live/one"}).covers(hash, "live/one/more"));
  EXPECT_TRUE(scope({"live/*"}).covers(hash, "live/one"));
  EXPECT_FALSE(scope({"live/*"}).covers(hash, "movies/one"));
  EXPECT_FALSE(scope({"live/*"}).covers(hash, "")) << "a swarm without a name";
  EXPECT_TRUE(scope({"a name of twenty cha", "x"}).covers(hash, "x"));
}

}  // namespace
}  // namespace waggle::test

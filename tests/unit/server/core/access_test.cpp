// SPDX-License-Identifier: Apache-2.0
// Which swarms a policy lets in.
#include "server/core/access.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

TEST(AccessPolicy, OpenAllowsEverythingWhateverIsListed) {
  EXPECT_TRUE(access_policy().allows(movie(1)));
  EXPECT_TRUE(access_policy(access_mode::open, {movie(1)}).allows(movie(2)));
}

TEST(AccessPolicy, AllowListsAreExclusive) {
  access_policy const policy(access_mode::allow, {movie(3), movie(1), movie(3)});

  EXPECT_TRUE(policy.allows(movie(1)));
  EXPECT_TRUE(policy.allows(movie(3)));
  EXPECT_FALSE(policy.allows(movie(2)));
  EXPECT_EQ(policy.listed(), 2U);
}

TEST(AccessPolicy, AnEmptyAllowListAllowsNothing) {
  EXPECT_FALSE(access_policy(access_mode::allow, {}).allows(movie(1)));
}

TEST(AccessPolicy, DenyListsRefuseWhatTheyName) {
  access_policy const policy(access_mode::deny, {movie(2)});

  EXPECT_TRUE(policy.allows(movie(1)));
  EXPECT_FALSE(policy.allows(movie(2)));
}

}  // namespace
}  // namespace waggle::test

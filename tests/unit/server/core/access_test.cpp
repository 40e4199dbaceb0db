// SPDX-License-Identifier: Apache-2.0
// Which swarms a policy lets in.
#include "server/core/access.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

info_hash movie(std::uint8_t number) {
  info_hash hash;
  hash.value[19] = number;
  return hash;
}

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

TEST(AccessPolicy, RegisteredServesWhatIsNamedOrListed) {
  access_policy const policy(access_mode::registered, {movie(1)});

  EXPECT_TRUE(policy.allows(movie(1)));
  EXPECT_FALSE(policy.allows(movie(2)));
  EXPECT_TRUE(policy.allows(movie(2), /*is_named=*/true));
}

TEST(AccessPolicy, WhatIsDeniedIsServedInNoMode) {
  for (auto const mode : {access_mode::open, access_mode::allow, access_mode::deny,
                          access_mode::registered, access_mode::token}) {
    auto const listed =
        mode == access_mode::deny ? std::vector<info_hash>{} : std::vector{movie(1), movie(2)};
    access_policy const policy(mode, listed, {movie(1)});

    EXPECT_FALSE(policy.allows(movie(1), /*is_named=*/true)) << static_cast<int>(mode);
    EXPECT_TRUE(policy.allows(movie(2), /*is_named=*/true)) << static_cast<int>(mode);
  }
}

}  // namespace
}  // namespace waggle::test

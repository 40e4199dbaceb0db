// SPDX-License-Identifier: Apache-2.0
// Which swarms a policy lets in.
#include "server/core/access.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

info_hash title(std::uint8_t number) {
  info_hash hash;
  hash.value[19] = number;
  return hash;
}

TEST(AccessPolicy, OpenAllowsEverythingWhateverIsListed) {
  EXPECT_TRUE(access_policy().allows(title(1)));
  EXPECT_TRUE(access_policy(access_mode::open, {title(1)}).allows(title(2)));
}

TEST(AccessPolicy, AllowListsAreExclusive) {
  access_policy const policy(access_mode::allow, {title(3), title(1), title(3)});

  EXPECT_TRUE(policy.allows(title(1)));
  EXPECT_TRUE(policy.allows(title(3)));
  EXPECT_FALSE(policy.allows(title(2)));
  EXPECT_EQ(policy.listed(), 2U);
}

TEST(AccessPolicy, AnEmptyAllowListAllowsNothing) {
  EXPECT_FALSE(access_policy(access_mode::allow, {}).allows(title(1)));
}

TEST(AccessPolicy, DenyListsRefuseWhatTheyName) {
  access_policy const policy(access_mode::deny, {title(2)});

  EXPECT_TRUE(policy.allows(title(1)));
  EXPECT_FALSE(policy.allows(title(2)));
}

TEST(AccessPolicy, RegisteredServesWhatIsNamedOrListed) {
  access_policy const policy(access_mode::registered, {title(1)});

  EXPECT_TRUE(policy.allows(title(1)));
  EXPECT_FALSE(policy.allows(title(2)));
  EXPECT_TRUE(policy.allows(title(2), /*is_named=*/true));
}

TEST(AccessPolicy, WhatIsDeniedIsServedInNoMode) {
  for (auto const mode : {access_mode::open, access_mode::allow, access_mode::deny,
                          access_mode::registered, access_mode::token}) {
    auto const listed =
        mode == access_mode::deny ? std::vector<info_hash>{} : std::vector{title(1), title(2)};
    access_policy const policy(mode, listed, {title(1)});

    EXPECT_FALSE(policy.allows(title(1), /*is_named=*/true)) << static_cast<int>(mode);
    EXPECT_TRUE(policy.allows(title(2), /*is_named=*/true)) << static_cast<int>(mode);
  }
}

}  // namespace
}  // namespace waggle::test

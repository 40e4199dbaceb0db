// SPDX-License-Identifier: Apache-2.0
#include "protocol/sdp/ice_policy.hpp"

#include <gtest/gtest.h>

namespace waggle::sdp {
namespace {

TEST(IcePolicy, AllFiltersNothing) {
  EXPECT_EQ(filter_between(ice_policy::all, /*same_public_ip=*/false), std::nullopt);
  EXPECT_EQ(filter_between(ice_policy::all, /*same_public_ip=*/true), std::nullopt);
}

TEST(IcePolicy, HostCandidatesPassOnlyBetweenPeersOfOnePublicAddress) {
  EXPECT_EQ(filter_between(ice_policy::no_host_cross_ip, /*same_public_ip=*/false),
            ice_filter::no_host);
  EXPECT_EQ(filter_between(ice_policy::no_host_cross_ip, /*same_public_ip=*/true), std::nullopt);
}

TEST(IcePolicy, RelayOnlyMakesNoExceptionForNeighbours) {
  EXPECT_EQ(filter_between(ice_policy::relay_only, /*same_public_ip=*/false),
            ice_filter::relay_only);
  EXPECT_EQ(filter_between(ice_policy::relay_only, /*same_public_ip=*/true),
            ice_filter::relay_only);
}

}  // namespace
}  // namespace waggle::sdp

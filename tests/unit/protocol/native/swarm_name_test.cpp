// SPDX-License-Identifier: Apache-2.0
// Names of swarms and their ids.
#include "protocol/native/swarm_name.hpp"

#include <gtest/gtest.h>

namespace waggle::native {
namespace {

TEST(SwarmName, IsDigested) {
  // SHA-1 of "abc", FIPS 180-4.
  EXPECT_EQ(hash_of("abc").value[0], 0xA9);
  EXPECT_EQ(hash_of("abc").value[19], 0x9D);
  EXPECT_NE(hash_of("abc"), hash_of("abd"));
}

TEST(SwarmName, InfoHashMeansItself) {
  auto const hash = hash_of("00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff");

  EXPECT_EQ(hash.value[0], 0x00);
  EXPECT_EQ(hash.value[19], 0xFF);
  EXPECT_NE(hash_of("00FF00ff00ff00ff00ff00ff00ff00ff00ff00ff"), hash);  // a name like any other
}

TEST(SwarmName, IsNeverASwarmOfATracker) {
  auto const native = swarm_of("00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff");
  swarm_id const tracker{native.value};

  EXPECT_NE(native, tracker);
  EXPECT_TRUE(native.is_native());
  EXPECT_FALSE(tracker.is_native());
  EXPECT_EQ(native.owner(), tenant_id::none);
  EXPECT_EQ(tracker.native(), native);
}

}  // namespace
}  // namespace waggle::native

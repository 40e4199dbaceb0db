// SPDX-License-Identifier: Apache-2.0
#include "protocol/ids.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

TEST(Ids, DifferInEveryBitOfEveryByte) {
  peer_id const one{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}};
  swarm_id const swarm{one.value, tenant_id{7}};
  EXPECT_EQ(one, peer_id{one.value});
  EXPECT_EQ(swarm, (swarm_id{one.value, tenant_id{7}}));
  for (std::size_t at = 0; at < peer_id::bytes; ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto other = one;
      other.value[at] ^= static_cast<std::uint8_t>(1U << bit);
      EXPECT_NE(one, other) << at;
      EXPECT_NE(swarm, (swarm_id{other.value, tenant_id{7}})) << at;
      EXPECT_EQ(one < other, one.value < other.value) << at;
    }
  }
  EXPECT_NE(swarm, (swarm_id{one.value, tenant_id{8}}));
  EXPECT_NE(swarm, swarm.native());
}

static_assert(peer_id{{1}} != peer_id{{2}});
static_assert(peer_id{{1}} == peer_id{{1}});

}  // namespace
}  // namespace waggle

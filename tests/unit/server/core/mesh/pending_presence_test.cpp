// SPDX-License-Identifier: Apache-2.0
// What waits for a mesh: replaying it leaves the mesh where all the messages would have.
#include "server/core/mesh/pending_presence.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace waggle::test {
namespace {

std::vector<shard_message> drained(mesh::pending_presence& from) {
  std::vector<shard_message> all;
  while (!from.empty()) {
    from.take_oldest([&](shard_message const& each) { all.push_back(each); });
  }
  return all;
}

TEST(PendingPresence, EachComesBackAsItWas) {
  mesh::pending_presence waiting{seed};
  EXPECT_TRUE(waiting.add(mesh::leave{session(1), movie(), peer(1), /*session_over=*/true}));
  EXPECT_TRUE(waiting.add(mesh::away{session(2), movie(), peer(2)}));
  EXPECT_TRUE(waiting.add(mesh::resume{session(33), session(3), movie(), peer(3)}));

  auto const all = drained(waiting);

  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(std::get<mesh::leave>(all[0]).session_over);
  EXPECT_EQ(std::get<mesh::away>(all[1]).from, session(2));
  EXPECT_EQ(std::get<mesh::resume>(all[2]).from, session(33));
  EXPECT_EQ(std::get<mesh::resume>(all[2]).was, session(3));
}

TEST(PendingPresence, LeaveAfterAResumeIsByTheSessionThatTheMeshKnows) {
  mesh::pending_presence waiting{seed};
  waiting.add(mesh::away{session(1), movie(), peer(1)});
  EXPECT_FALSE(waiting.add(mesh::resume{session(11), session(1), movie(), peer(1)}));
  EXPECT_FALSE(waiting.add(mesh::leave{session(11), movie(), peer(1)}));

  auto const all = drained(waiting);

  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(std::get<mesh::leave>(all[0]).from, session(1));
}

TEST(PendingPresence, WhoIsAwayOverASecondConnectionIsReboundFirst) {
  mesh::pending_presence waiting{seed};
  waiting.add(mesh::resume{session(11), session(1), movie(), peer(1)});
  waiting.add(mesh::away{session(11), movie(), peer(1)});

  auto const all = drained(waiting);

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(std::get<mesh::resume>(all[0]).was, session(1));
  EXPECT_EQ(std::get<mesh::away>(all[1]).from, session(11));
}

}  // namespace
}  // namespace waggle::test

// SPDX-License-Identifier: Apache-2.0
// References that outlive their sessions.
#include "server/net/session_table.hpp"

#include "tests/unit/server/net/driven_session.hpp"

#include <set>

namespace waggle::net::test {
namespace {

class table_of_sessions {
 public:
  session_ref open() {
    auto const at = table.next();
    table.insert(
        at,
        new ws_session{host,
                       {.self = at,
                        .stream = std::make_unique<memory_stream>(std::make_shared<memory_wire>()),
                        .talk = std::make_unique<echo_talk>(log)}});
    return at;
  }

  talk_log log;
  fake_host host{session_limits{}};
  session_table table{/*core=*/6};
};

TEST(SessionTable, FindsASessionUntilItIsErased) {
  table_of_sessions at;
  auto const one = at.open();
  auto const two = at.open();

  EXPECT_EQ(one.core, 6U);
  ASSERT_NE(at.table.find(one), nullptr);
  EXPECT_EQ(at.table.find(one)->self(), one);
  EXPECT_EQ(at.table.find(two)->self(), two);
  EXPECT_EQ(at.table.size(), 2U);
  at.table.erase(one);
  EXPECT_EQ(at.table.find(one), nullptr);
  EXPECT_EQ(at.table.find(two)->self(), two);
  EXPECT_EQ(at.table.size(), 1U);
}

TEST(SessionTable, ASlotThatIsUsedAgainHasAnotherGeneration) {
  table_of_sessions at;
  std::set<session_ref> all;
  for (int i = 0; i < 100; ++i) {
    auto const one = at.open();
    EXPECT_EQ(one.slot, 0U);
    EXPECT_NE(one.generation, 0U);
    EXPECT_TRUE(all.insert(one).second);
    for (auto const& stale : all) {
      EXPECT_EQ(at.table.find(stale) != nullptr, stale == one);
    }
    at.table.erase(one);
  }
}

TEST(SessionTable, MissesWhatItNeverGaveOut) {
  table_of_sessions at;
  EXPECT_EQ(at.table.find({}), nullptr);
  auto const one = at.open();

  EXPECT_EQ(at.table.find({.slot = one.slot}), nullptr);
  EXPECT_EQ(at.table.find({.slot = one.slot, .generation = one.generation + 1}), nullptr);
  EXPECT_EQ(at.table.find({.slot = 99, .generation = 1}), nullptr);
}

TEST(SessionTable, FindsNothingUnderAReferenceThatWasNotUsed) {
  session_table table{0};

  auto const at = table.next();

  EXPECT_EQ(table.find(at), nullptr);
  EXPECT_EQ(table.size(), 0U);
}

TEST(SessionTable, ASessionThatCouldNotBeMadeLeavesItsSlot) {
  table_of_sessions at;
  auto const never_used = at.table.next();

  auto const one = at.open();

  EXPECT_EQ(one.slot, never_used.slot);
  EXPECT_NE(one.generation, never_used.generation);
  EXPECT_EQ(at.table.find(never_used), nullptr);
}

TEST(SessionTable, ErasingTwiceOrByAStaleReferenceChangesNothing) {
  table_of_sessions at;
  auto const one = at.open();
  at.table.erase(one);
  at.table.erase(one);
  auto const two = at.open();
  auto const three = at.open();

  at.table.erase(one);

  EXPECT_EQ(at.table.size(), 2U);
  EXPECT_NE(two.slot, three.slot);
  EXPECT_NE(at.table.find(two), nullptr);
}

TEST(SessionTable, VisitsEverySessionEvenIfTheVisitEndsIt) {
  table_of_sessions at;
  std::set<session_ref> open;
  for (int i = 0; i < 10; ++i) open.insert(at.open());
  std::set<session_ref> seen;

  at.table.for_each([&](ws_session& session) {
    seen.insert(session.self());
    at.table.erase(session.self());
  });

  EXPECT_EQ(seen, open);
  EXPECT_EQ(at.table.size(), 0U);
}

}  // namespace
}  // namespace waggle::net::test

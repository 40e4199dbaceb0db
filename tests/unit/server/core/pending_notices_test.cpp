// SPDX-License-Identifier: Apache-2.0
// What a shard has to tell the sessions of a core that does not read: each thing once, in order.
#include "server/core/pending_notices.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waggle::test {
namespace {

probe_message probe(std::uint32_t who) {
  return {movie(), peer(who)};
}
expiry_message expiry(std::uint32_t who) {
  return {movie(), peer(who)};
}

/// "probe 7 of 1": the session, and the number of the peer.
std::vector<std::string> take_all(pending_notices& from) {
  std::vector<std::string> all;
  while (!from.empty()) {
    from.take_oldest([&](session_ref to, session_message const& what) {
      auto const* const probed = std::get_if<probe_message>(&what);
      auto const who = probed != nullptr ? probed->peer : std::get<expiry_message>(what).peer;
      all.push_back((probed != nullptr ? "probe " : "expiry ") + std::to_string(to.slot) + " of " +
                    std::to_string(who.value[19]));
    });
  }
  return all;
}

TEST(PendingNotices, GoOnInTheOrderInWhichTheyCameEachOnce) {
  pending_notices pending{seed};
  EXPECT_TRUE(pending.add(session(1), probe(1)));
  EXPECT_TRUE(pending.add(session(2), expiry(1)));
  EXPECT_TRUE(pending.add(session(1), probe(2)));

  for (int again = 0; again < 1000; ++again) {
    EXPECT_FALSE(pending.add(session(1), probe(1)));
    EXPECT_FALSE(pending.add(session(2), expiry(1)));
  }

  EXPECT_EQ(pending.size(), 3U);
  EXPECT_EQ(take_all(pending),
            (std::vector<std::string>{"probe 1 of 1", "expiry 2 of 1", "probe 1 of 2"}));
}

TEST(PendingNotices, AMembershipThatIsOverIsNotProbed) {
  pending_notices pending{seed};
  pending.add(session(1), probe(1));

  pending.add(session(1), expiry(1));

  EXPECT_EQ(take_all(pending), std::vector<std::string>{"expiry 1 of 1"});
}

TEST(PendingNotices, TheMembershipAfterOneThatIsOverIsProbed) {
  pending_notices pending{seed};
  pending.add(session(1), expiry(1));

  pending.add(session(1), probe(1));

  EXPECT_EQ(take_all(pending), (std::vector<std::string>{"expiry 1 of 1", "probe 1 of 1"}));
}

}  // namespace
}  // namespace waggle::test

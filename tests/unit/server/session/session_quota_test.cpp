// SPDX-License-Identifier: Apache-2.0
// What a client may say, and what becomes of one that says more.
#include "server/session/session_quota.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

using namespace std::chrono_literals;

constexpr core_time opened{500'000};

class SessionQuota : public testing::Test {
 protected:
  void refill_at(core_time time, bool busy = false) { quota.refill(time, limits, busy); }
  void use_up_messages() {
    quota.take_messages(2'000, limits);
    ASSERT_TRUE(quota.used_up(limits));
    quota.on_used_up(opened);
  }

  session_quota_limits limits;
  session_quota quota{opened};
};

TEST_F(SessionQuota, LetsASeederOf64TorrentsComeBack) {
  for (int torrent = 0; torrent < 64; ++torrent) {
    quota.take_bytes(5'600, limits);
    quota.take_messages(11, limits);
  }

  EXPECT_FALSE(quota.used_up(limits));
  EXPECT_TRUE(quota.plentiful(limits));
}

TEST_F(SessionQuota, IsUsedUpByMessagesOrByBytes) {
  session_quota other{opened};
  quota.take_messages(1'999, limits);
  other.take_bytes(2'097'151, limits);
  EXPECT_FALSE(quota.used_up(limits));
  EXPECT_FALSE(other.used_up(limits));

  quota.take_messages(1, limits);
  other.take_bytes(1, limits);

  EXPECT_TRUE(quota.used_up(limits));
  EXPECT_TRUE(quota.messages_used_up(limits));
  EXPECT_TRUE(other.used_up(limits));
  EXPECT_FALSE(other.messages_used_up(limits));
}

TEST_F(SessionQuota, IsOfUseAgainWithASixteenthOfABurst) {
  use_up_messages();

  auto const due = quota.next_check(limits, /*busy=*/false);
  EXPECT_EQ(due, opened + 125ms);
  refill_at(due - 1ms);
  EXPECT_FALSE(quota.useful(limits));
  refill_at(due);
  EXPECT_TRUE(quota.useful(limits));
}

TEST_F(SessionQuota, ComesBackFourTimesSlowerWhileTheCoreIsBehind) {
  use_up_messages();

  EXPECT_EQ(quota.next_check(limits, /*busy=*/true), opened + 500ms);
  refill_at(opened + 499ms, /*busy=*/true);
  EXPECT_FALSE(quota.useful(limits));
  refill_at(opened + 500ms, /*busy=*/true);
  EXPECT_TRUE(quota.useful(limits));
}

TEST_F(SessionQuota, IsPlentifulUntilHalfOfItIsUsed) {
  quota.take_messages(1'000, limits);
  quota.take_bytes(1'048'576, limits);
  EXPECT_TRUE(quota.plentiful(limits));

  quota.take_bytes(1, limits);
  EXPECT_FALSE(quota.plentiful(limits));
}

TEST_F(SessionQuota, IsOverForTooLongUnlessHalfOfItComesBack) {
  use_up_messages();
  refill_at(opened + 900ms);
  EXPECT_FALSE(quota.stays_over(opened + 59'999ms, limits));
  EXPECT_TRUE(quota.stays_over(opened + 60'250ms, limits));

  refill_at(opened + 1s);
  EXPECT_FALSE(quota.stays_over(opened + 10min, limits)) << "half of the burst was back";
}

TEST_F(SessionQuota, CountsHowLongItIsOverFromTheFirstTime) {
  use_up_messages();
  refill_at(opened + 500ms);
  quota.take_messages(500, limits);

  quota.on_used_up(opened + 30s);

  EXPECT_TRUE(quota.stays_over(opened + 60'250ms, limits));
}

TEST_F(SessionQuota, IsLookedAtBeforeItHasBeenOverForTooLong) {
  limits.messages = {.burst = 100'000, .per_second = 1};
  quota.take_messages(100'000, limits);
  quota.on_used_up(opened);

  EXPECT_EQ(quota.next_check(limits, /*busy=*/false), opened + 60s);
}

TEST_F(SessionQuota, WithoutARateIsNeverUsedUp) {
  limits.messages.per_second = 0;
  limits.bytes.per_second = 0;

  quota.take_messages(1'000'000, limits);
  quota.take_bytes(1'000'000'000, limits);

  EXPECT_FALSE(quota.used_up(limits));
  EXPECT_TRUE(quota.plentiful(limits));
}

}  // namespace
}  // namespace waggle

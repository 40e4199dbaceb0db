// SPDX-License-Identifier: Apache-2.0
#include "server/memory_watch.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

TEST(MemoryWatch, RaisesItsFlagAtTheLimitAndLowersItWellBelow) {
  EXPECT_FALSE(memory_watch::is_full(/*was_full=*/false, 999, 1'000));
  EXPECT_TRUE(memory_watch::is_full(/*was_full=*/false, 1'000, 1'000));
  EXPECT_TRUE(memory_watch::is_full(/*was_full=*/true, 950, 1'000));
  EXPECT_FALSE(memory_watch::is_full(/*was_full=*/true, 949, 1'000));
}

TEST(MemoryWatch, WithoutALimitThereAlwaysIsMemory) {
  EXPECT_FALSE(memory_watch::is_full(/*was_full=*/true, 1'000'000, 0));
}

TEST(MemoryWatch, LooksAtThisProcessAndTakesAnotherLimit) {
  net::asio::io_context control{1};
  memory_watch watch{control, 1};

  watch.start();
  EXPECT_TRUE(watch.full());
  watch.use(0);
  control.run_one();

  EXPECT_FALSE(watch.full());
}

}  // namespace
}  // namespace waggle

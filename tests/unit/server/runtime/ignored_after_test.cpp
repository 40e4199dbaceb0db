// SPDX-License-Identifier: Apache-2.0
#include "server/runtime/ignored_after.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace waggle::runtime {
namespace {

TEST(IgnoredAfter, ASignalThatComesTooLateDoesNotKill) {
  {
    ignored_after const late{SIGUSR1};
    std::signal(SIGUSR1, SIG_DFL);  // as a signal_set leaves it
  }
  std::raise(SIGUSR1);
  EXPECT_EQ(std::signal(SIGUSR1, SIG_DFL), SIG_IGN);
}

}  // namespace
}  // namespace waggle::runtime

// SPDX-License-Identifier: Apache-2.0
// Edit distance and the nearest word.
#include "config/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace waggle {
namespace {

TEST(EditDistance, CountsEachKindOfEditOnce) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("cores", "cores"), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("core", "cores"), 1U);
  EXPECT_EQ(edit_distance("corres", "cores"), 1U);
  EXPECT_EQ(edit_distance("corez", "cores"), 1U);
  EXPECT_EQ(edit_distance("croes", "cores"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Nearest, IsTheCandidateWithTheFewestEdits) {
  std::vector<std::string> const words{"tick", "cores", "backlog"};

  EXPECT_EQ(nearest("core", words), "cores");
  EXPECT_EQ(nearest("backlogs", words), "backlog");
  EXPECT_EQ(nearest("", words), "tick");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), words), "tick");
}

}  // namespace
}  // namespace waggle

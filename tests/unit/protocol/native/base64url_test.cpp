// SPDX-License-Identifier: Apache-2.0
// RFC 4648 section 5, and the ids that are written in it.
#include "protocol/native/base64url.hpp"

#include "protocol/native/peer_name.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace waggle::native {
namespace {

std::string text_of(std::vector<std::uint8_t> const& bytes) {
  std::string out;
  append_base64url(bytes, out);
  return out;
}

TEST(Base64url, VectorsOfTheRfcWithoutPadding) {
  EXPECT_EQ(text_of({}), "");
  EXPECT_EQ(text_of({'f'}), "Zg");
  EXPECT_EQ(text_of({'f', 'o'}), "Zm8");
  EXPECT_EQ(text_of({'f', 'o', 'o'}), "Zm9v");
  EXPECT_EQ(text_of({'f', 'o', 'o', 'b', 'a', 'r'}), "Zm9vYmFy");
  EXPECT_EQ(text_of({0xFB, 0xFF}), "-_8");
}

TEST(Base64url, ReadsItsOwnTextAndNothingElse) {
  std::array<std::uint8_t, 2> bytes{};
  EXPECT_TRUE(read_base64url("-_8", bytes));
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 2>{0xFB, 0xFF}));
  for (auto const* text : {"", "-_", "-_8A", "+/8", "-_9", "-_8=", "-_ "}) {
    EXPECT_FALSE(read_base64url(text, bytes)) << text;
  }
}

TEST(PeerName, IsTheIdBehindItsHead) {
  std::array<std::uint8_t, 12> const random{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255};
  auto const made = make_peer(random);

  EXPECT_EQ(name_of(made).size(), peer_name_bytes);
  EXPECT_EQ(peer_from(name_of(made)), made);
  EXPECT_EQ(made.value[0], '-');
  EXPECT_EQ(made.value[1], 'W');
}

}  // namespace
}  // namespace waggle::native

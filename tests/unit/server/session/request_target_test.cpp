// SPDX-License-Identifier: Apache-2.0
// What a request target tells of tenant and token.
#include "server/session/request_target.hpp"

#include <gtest/gtest.h>

namespace waggle::test {
namespace {

TEST(RequestTarget, NamesTheTenantBehindItsPrefix) {
  EXPECT_EQ(parse_target("/t/acme/announce").tenant, "acme");
  EXPECT_EQ(parse_target("/t/acme").tenant, "acme");
  EXPECT_EQ(parse_target("/t/acme?token=x").tenant, "acme");
  EXPECT_EQ(parse_target("/t/").tenant, "") << "one without a name is not there";
  EXPECT_FALSE(parse_target("/").tenant);
  EXPECT_FALSE(parse_target("/announce/t/acme").tenant);
  EXPECT_FALSE(parse_target("/T/acme").tenant);
  EXPECT_FALSE(parse_target("").tenant);
}

TEST(RequestTarget, TakesTheFirstTokenOfTheQuery) {
  EXPECT_EQ(parse_target("/?token=abc").token, "abc");
  EXPECT_EQ(parse_target("/x?a=1&token=abc&token=def").token, "abc");
  EXPECT_EQ(parse_target("/?mytoken=abc&token2=x").token, "");
  EXPECT_EQ(parse_target("/?token").token, "");
  EXPECT_EQ(parse_target("/token=abc").token, "");
  EXPECT_EQ(parse_target("/?a=?token=abc").token, "");
}

TEST(RequestTarget, DecodesEscapesAndLeavesWhatIsNone) {
  EXPECT_EQ(parse_target("/?token=a%2Eb%2e").token, "a.b.");
  EXPECT_EQ(parse_target("/?token=a%2").token, "a%2");
  EXPECT_EQ(parse_target("/?token=%zz%").token, "%zz%");
}

TEST(RequestTarget, OfPeerJsHasItsTokenInTheKey) {
  auto const asked = parse_target("/t/acme/peerjs?key=jwt&id=me&token=random");

  EXPECT_EQ(asked.tenant, "acme");
  EXPECT_EQ(asked.token, "jwt");
  EXPECT_EQ(parse_target("/announce?key=jwt&token=random").token, "random");
}

}  // namespace
}  // namespace waggle::test

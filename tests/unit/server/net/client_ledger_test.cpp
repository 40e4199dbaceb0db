// SPDX-License-Identifier: Apache-2.0
#include "server/net/client_ledger.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

namespace waggle::net::test {
namespace {

constexpr auto acme = tenant_id{7};

TEST(ClientLedger, CountsForAsLongAsThePassIsHeld) {
  client_ledger ledger{{1, 2}};
  grant const token{.token = token_id{{1}}};
  {
    auto const one = ledger.enter(acme, 10, &token);
    auto two = ledger.enter(acme, 10, nullptr);
    auto const moved = std::move(two);
    EXPECT_EQ(ledger.of(acme).connections.load(), 2U);
    EXPECT_EQ(ledger.connections_of(token.token), 1U);
  }
  EXPECT_EQ(ledger.of(acme).connections.load(), 0U);
  EXPECT_EQ(ledger.connections_of(token.token), 0U);
}

TEST(ClientLedger, SaysWhoIsOneTooMany) {
  client_ledger ledger{{1, 2}};
  grant const token{.token = token_id{{1}}, .connections_max = 1};

  auto const first = ledger.enter(acme, 2, &token);
  auto second = ledger.enter(acme, 2, &token);
  EXPECT_FALSE(first.over);
  EXPECT_EQ(second.over, admission_reason::token_connections);
  second = {};
  auto const other = ledger.enter(acme, 2, nullptr);
  EXPECT_FALSE(other.over);
  EXPECT_EQ(ledger.enter(acme, 2, nullptr).over, admission_reason::tenant_connections);
  EXPECT_FALSE(ledger.enter(tenant_id{8}, 2, nullptr).over);
}

TEST(ClientLedger, GivesATokenThatComesLaterAPlaceAmongTheOthers) {
  client_ledger ledger{{1, 2}};
  grant const token{.token = token_id{{1}}, .connections_max = 2};
  auto const of_handshake = ledger.enter(acme, 10, &token);
  auto of_announce = ledger.take(token);
  EXPECT_NE(of_announce, nullptr);
  EXPECT_EQ(ledger.take(token), nullptr);
  EXPECT_EQ(ledger.connections_of(token.token), 2U);

  of_announce.reset();
  EXPECT_NE(ledger.take(token), nullptr);
  EXPECT_EQ(ledger.connections_of(token.token), 1U);
}

TEST(ClientLedger, IsExactWhateverThreadsDo) {
  client_ledger ledger{{1, 2}};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&ledger] {
      for (std::uint8_t n = 0; n < 200; ++n) {
        grant const token{.token = token_id{{n}}};
        auto const held = ledger.enter(acme, 1'000, &token);
      }
    });
  }
  threads.clear();

  EXPECT_EQ(ledger.of(acme).connections.load(), 0U);
}

}  // namespace
}  // namespace waggle::net::test

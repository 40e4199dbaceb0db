// SPDX-License-Identifier: Apache-2.0
// Shares of tenants, and that swarms of different tenants have nothing in common.
#include "server/core/tenant_quota.hpp"

#include "protocol/tenant_name.hpp"
#include "server/core/outbox.hpp"
#include "server/core/shard.hpp"

#include <gtest/gtest.h>

#include <map>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;

class plain_ledger final : public tenant_ledger {
 public:
  tenant_usage& of(tenant_id which) override { return usage[which]; }

  std::map<tenant_id, tenant_usage> usage;
};

tenant_id const acme = tenant_id_of("acme");
tenant_id const lab = tenant_id_of("lab");

class TenantQuota : public testing::Test {
 protected:
  void limit(tenant_limits const& limits) {
    subject.use(std::make_shared<tenant_directory const>(
        tenant_directory::policies{std::make_shared<tenant_policy const>(
            tenant_policy{.id = acme, .name = "acme", .limits = limits})}));
  }

  static swarm_id swarm(tenant_id whose, std::uint8_t number) {
    swarm_id id{.tenant = whose};
    id.value[0] = number;
    return id;
  }

  std::uint32_t next = 1;

  session_ref announce(swarm_id const& in, std::uint8_t who,
                       std::span<tagged_offer const> offers = {}) {
    announce_message message{.swarm = in, .offers = offers};
    message.from = {.slot = next++, .generation = 1};
    message.peer.value[0] = who;
    said.clear();
    subject.handle(message, 1s, said);
    return message.from;
  }

  plain_ledger ledger;
  shard subject{{}, {1, 2}, 3, &ledger};
  outbox said;
};

TEST_F(TenantQuota, PastItsSwarmsATenantIsAnsweredButNotRemembered) {
  limit({.swarms_max = 2});
  for (std::uint8_t number = 1; number <= 4; ++number) announce(swarm(acme, number), 1);

  EXPECT_EQ(subject.totals().swarms, 2U);
  EXPECT_EQ(said.entries().size(), 1U) << "a reply";
  announce(swarm(lab, 1), 1);
  EXPECT_EQ(subject.totals().swarms, 3U) << "that is somebody else's share";
}

TEST_F(TenantQuota, HasRoomAgainWhenASwarmIsEmpty) {
  limit({.swarms_max = 1});
  auto const who = announce(swarm(acme, 1), 1);
  announce(swarm(acme, 2), 2);
  ASSERT_EQ(subject.totals().swarms, 1U);
  peer_id peer;
  peer.value[0] = 1;

  subject.handle(leave_message{who, swarm(acme, 1), peer}, 1s, said);
  announce(swarm(acme, 2), 2);

  EXPECT_EQ(subject.totals().swarms, 1U);
  EXPECT_EQ(subject.count(swarm(acme, 2)).value().incomplete, 1U);
  EXPECT_EQ(ledger.usage[acme].swarms.load(), 1U);
}

TEST_F(TenantQuota, BoundsTheMembersOfOneSwarm) {
  limit({.members_max = 2});
  for (std::uint8_t who = 1; who <= 5; ++who) {
    announce(swarm(acme, 1), who);
    announce(swarm(lab, 1), who);
  }

  EXPECT_EQ(subject.count(swarm(acme, 1)).value().incomplete, 2U);
  EXPECT_EQ(subject.count(swarm(lab, 1)).value().incomplete, 5U);
}

TEST_F(TenantQuota, OneInfoHashOfTwoTenantsIsTwoSwarms) {
  announce(swarm(acme, 1), 1);
  announce(swarm(lab, 1), 2);
  tagged_offer const offer{.tag = 1, .offer_id = {"\"o\""}, .body = {"{}"}};

  announce(swarm(acme, 1), 3, {&offer, 1});

  ASSERT_EQ(said.entries().size(), 2U);
  auto const& delivery = std::get<offer_delivery>(said.entries()[1].what);
  EXPECT_EQ(delivery.to.value[0], 1) << "whose client it is";
  EXPECT_EQ(subject.totals().swarms, 2U);
  subject.handle(scrape_message{.all = true, .tenant = lab}, 1s, said);
  auto const& result = std::get<scrape_result>(said.entries().back().what);
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].swarm.tenant, lab);
}

}  // namespace
}  // namespace waggle::test

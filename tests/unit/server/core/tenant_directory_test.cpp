// SPDX-License-Identifier: Apache-2.0
#include "server/core/tenant_directory.hpp"

#include "protocol/tenant_name.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace waggle::test {
namespace {

std::shared_ptr<tenant_policy const> tenant(std::string const& name) {
  return std::make_shared<tenant_policy const>(
      tenant_policy{.id = name.empty() ? tenant_id::none : tenant_id_of(name), .name = name});
}

TEST(TenantDirectory, HasOneOpenTenantWithoutANameUnlessItIsGivenOthers) {
  tenant_directory const usual;
  tenant_directory const named{{tenant("a"), tenant("b")}};

  ASSERT_NE(usual.find(tenant_id::none), nullptr);
  EXPECT_TRUE(usual.find(tenant_id::none)->serves({}, nullptr));
  EXPECT_EQ(named.find(tenant_id::none), nullptr);
  EXPECT_EQ(named.find(""), nullptr);
}

TEST(TenantDirectory, FindsByNameAndById) {
  tenant_directory::policies all;
  for (int i = 0; i < 100; ++i) all.push_back(tenant("tenant-" + std::to_string(i)));
  all.push_back(tenant(""));
  tenant_directory const directory{all};

  for (auto const& each : all) {
    EXPECT_EQ(directory.find(each->id), each.get());
    EXPECT_EQ(directory.find(each->name), each.get());
  }
  EXPECT_EQ(directory.find("tenant-100"), nullptr);
}

TEST(TenantName, DigestsAreApartAndNeverNone) {
  std::set<tenant_id> seen{tenant_id::none};
  for (int i = 0; i < 2'000; ++i) EXPECT_TRUE(seen.insert(tenant_id_of(std::to_string(i))).second);
  EXPECT_EQ(tenant_id_of("acme"), static_cast<tenant_id>(0x73d20d8cU))
      << "it is kept in files, and known to other nodes";
}

TEST(TenantPolicy, OfModeTokenServesNobodyWithoutOne) {
  grant const token{};
  tenant_policy policy{.access = access_policy{access_mode::token}};
  for (auto const rule : {token_rule::at_connect, token_rule::in_announce}) {
    policy.tokens = rule;
    EXPECT_FALSE(policy.serves({}, nullptr));
    EXPECT_TRUE(policy.serves({}, &token));
  }
}

TEST(TenantPolicy, OfModeRegisteredServesWhatItsBookNames) {
  swarm_id swarm;
  swarm.value[0] = 1;
  auto title = content::title{.name = "one"};
  title.swarms.push_back({.swarm = swarm});
  tenant_policy policy{.access = access_policy{access_mode::registered}};
  EXPECT_FALSE(policy.serves(swarm.hash(), nullptr));

  policy.content = std::make_shared<content_book const>(std::span{&title, 1});

  EXPECT_TRUE(policy.serves(swarm.hash(), nullptr));
  EXPECT_FALSE(policy.serves({}, nullptr));
  EXPECT_EQ(policy.name_of(swarm.hash()), "one");
}

}  // namespace
}  // namespace waggle::test

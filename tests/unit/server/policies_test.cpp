// SPDX-License-Identifier: Apache-2.0
// From settings and their files to policies.
#include "server/policies.hpp"

#include "protocol/tenant_name.hpp"
#include "tests/support/certificate.hpp"
#include "tests/unit/config/changed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::chrono::sys_seconds now{1'800'000'000s};
std::string const digits_of_a(40, 'a');

policy_build build(settings const& from) {
  policy_files files;
  return build_policies(from, files, [] { return now; });
}

tenant_policy const& tenant(policy_build const& in, std::string_view name) {
  auto const* const found = in.made.tenants->find(name);
  if (found == nullptr) throw std::runtime_error{"no such tenant"};
  return *found;
}

info_hash hash_of(std::uint8_t byte) {
  info_hash hash;
  hash.value.fill(byte);
  return hash;
}

TEST(Policies, ServeEverybodyByTheDefaults) {
  auto const built = build({});

  EXPECT_TRUE(built.problems.empty());
  ASSERT_EQ(built.made.tenants->all().size(), 1U);
  EXPECT_TRUE(tenant(built, "").serves({}, nullptr));
  EXPECT_EQ(tenant(built, "").tokens, token_rule::ignored);
}

TEST(Policies, ServeWhoNamesNoTenantOnlyIfAskedToOnceThereAreTenants) {
  settings from;
  from.tenants["acme"];
  EXPECT_EQ(build(from).made.tenants->find(""), nullptr);
  from.access.unnamed = true;
  EXPECT_NE(build(from).made.tenants->find(""), nullptr);
}

TEST(Policies, RefuseTenantsThatCannotBeToldApart) {
  ASSERT_EQ(tenant_id_of("t40311"), tenant_id_of("t68948"));
  settings from;
  from.tenants["t40311"];
  EXPECT_TRUE(build(from).problems.empty());
  from.tenants["t68948"];
  auto const built = build(from);
  ASSERT_EQ(built.problems.size(), 1U);
  EXPECT_THAT(built.problems[0], HasSubstr("tenants.t68948: cannot be told from tenants.t40311"));
}

TEST(Policies, TakeEverySettingOfATenant) {
  settings from;
  auto& acme = from.tenants["acme"];
  acme.access.mode = access_mode_setting::deny;
  acme.access.info_hashes = {digits_of_a};
  acme.access.origins = {{"https://*.example.org"}};
  acme.access.ice_policy = ice_policy_setting::relay_only;
  acme.access.refusal = access_refusal::failure;
  acme.access.denied_interval = 90s;
  acme.access.warning = "members only";
  acme.limits = {.connections_max = 1,
                 .swarms_max = 2,
                 .messages_per_second = 3,
                 .memberships_max = 4,
                 .members_max = 5};

  auto const built = build(from);

  auto const& policy = tenant(built, "acme");
  EXPECT_EQ(policy.id, tenant_id_of("acme"));
  EXPECT_FALSE(policy.serves(hash_of(0xaa), nullptr));
  EXPECT_TRUE(policy.serves(hash_of(0xbb), nullptr));
  EXPECT_FALSE(policy.origins.admits("https://example.com"));
  EXPECT_EQ(policy.ice, sdp::ice_policy::relay_only);
  EXPECT_EQ(policy.refusal, (refusal_rules{refusal_mode::failure, 90s, "members only"}));
  EXPECT_EQ(policy.limits, (tenant_limits{1, 2, 3, 4, 5}));
}

TEST(Policies, AreOthersForEverySettingOfTenants) {
  temporary_folder const folder;
  auto const file = folder.write("hashes", digits_of_a + "\n");
  for (auto const& row : field_table()) {
    if (!is_of_tenant(row) || row.name.ends_with("_file") || row.name == "unnamed") continue;
    SCOPED_TRACE(key_of(row));
    settings from;
    from.access.mode = row.name == "in_announce"   ? access_mode_setting::token
                       : row.name == "info_hashes" ? access_mode_setting::deny
                                                   : access_mode_setting::open;
    from.tokens.secrets = {{"k", std::string(32, 'k')}};
    auto const other = changed(row, from);
    auto const facts = [](settings const& of) {
      auto const built = build(of);
      auto const& policy = tenant(built, "");
      return std::tuple{policy.access,      policy.origins.admits("https://x.example"),
                        policy.ice,         policy.refusal,
                        policy.limits,      policy.tokens,
                        *policy.ice_servers};
    };
    // Those of tokens end up in the office: token_office_test.cpp.
    if (row.section == "tokens" && row.name != "in_announce") continue;
    EXPECT_FALSE(facts(from) == facts(other)) << "nobody would notice";
  }
}

TEST(Policies, WantATokenAsTheModeSays) {
  settings from;
  auto const rule = [&] { return tenant(build(from), "").tokens; };
  from.tokens.secrets = {{"k", std::string(32, 'k')}};
  EXPECT_EQ(rule(), token_rule::optional);
  from.access.mode = access_mode_setting::token;
  EXPECT_EQ(rule(), token_rule::at_connect);
  from.tokens.in_announce = true;
  EXPECT_EQ(rule(), token_rule::in_announce);
}

TEST(Policies, ReadTheFilesThatSettingsName) {
  temporary_folder const folder;
  settings from;
  from.access.mode = access_mode_setting::registered;
  from.access.allow_file = folder.write("allow", digits_of_a + " # ours\n");
  from.access.deny_file = folder.write("deny", std::string(40, 'c') + "\n");
  from.access.content_file = folder.write(
      "content", R"({"contents":[{"name":"live/one","info_hashes":[")" + std::string(40, 'b') +
                     R"(","cccccccccccccccccccccccccccccccccccccccc"]}]})");

  auto const built = build(from);

  EXPECT_THAT(built.problems, testing::IsEmpty());
  auto const& policy = tenant(built, "");
  EXPECT_TRUE(policy.serves(hash_of(0xaa), nullptr)) << "listed";
  EXPECT_TRUE(policy.serves(hash_of(0xbb), nullptr)) << "named";
  EXPECT_FALSE(policy.serves(hash_of(0xcc), nullptr)) << "named, but denied";
  EXPECT_FALSE(policy.serves(hash_of(0xdd), nullptr));
  EXPECT_EQ(policy.name_of(hash_of(0xbb)), "live/one");
}

TEST(Policies, NameTheTenantAndSettingThatIsWrong) {
  temporary_folder const folder;
  settings from;
  from.tenants["acme"].access.deny_file = folder.write("deny", "zz\n");
  from.tenants["acme"].tokens.jwks_file = folder.write("jwks", "{");
  from.tenants["lab"].access.content_file = "/does/not/exist";

  auto const problems = build(from).problems;

  EXPECT_THAT(problems, testing::Contains(HasSubstr("tenants.acme.access.deny_file: ")));
  EXPECT_THAT(problems, testing::Contains(HasSubstr("tenants.acme.tokens")));
  EXPECT_THAT(problems,
              testing::Contains(HasSubstr("tenants.lab.access.content_file: cannot read")));
}

}  // namespace
}  // namespace waggle::test

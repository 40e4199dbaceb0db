// SPDX-License-Identifier: Apache-2.0
// The tenants that operators make: what is checked, what is installed, what the store hears.
#include "server/tenants.hpp"

#include "tests/unit/server/recording_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string const secret(32, 's');

class Tenants : public testing::Test {
 protected:
  static storage::wall_time wall_clock() { return storage::wall_time{7s}; }

  admin_result<bool> put(std::string const& name, std::string const& settings) {
    return made.put({name, settings}, configured, "token");
  }
  /// Whether it is a new one; it has to be taken.
  bool is_new(std::string const& name, std::string const& settings) {
    auto const done = put(name, settings);
    EXPECT_TRUE(done.has_value()) << done.error().text;
    return done && *done;
  }
  std::string refusal(std::string const& name, std::string const& settings) {
    auto const done = put(name, settings);
    return done ? "taken" : done.error().text;
  }

  settings configured;
  recording_store store;
  std::optional<tenants::made_tenants> installed;
  std::string broken;  // the tenant that cannot be served
  tenants made{
      {.tenants_max = 2, .now = wall_clock}, store, [this](tenants::made_tenants const& all) {
        if (all.contains(broken)) throw std::runtime_error{"no file for " + broken};
        installed = all;
      }};
};

TEST_F(Tenants, AreServedAndKeptAtOnce) {
  EXPECT_TRUE(is_new("acme", R"({"limits":{"swarms_max":3}})"));
  ASSERT_TRUE(installed);
  EXPECT_EQ(installed->at("acme").settings.limits.swarms_max, 3U);
  EXPECT_THAT(store.all<storage::tenant_record>(),
              ElementsAre(storage::tenant_record{"acme", R"({"limits":{"swarms_max":3}})", "token",
                                                 wall_clock()}));

  EXPECT_FALSE(is_new("acme", "{}")) << "it is there";
  EXPECT_EQ(installed->at("acme").settings, tenant_settings{})
      << "what is not said is as by default";

  EXPECT_TRUE(made.remove("acme", configured, "token").has_value());
  EXPECT_THAT(*installed, IsEmpty());
  EXPECT_THAT(store.all<storage::tenant_removed>(), SizeIs(1));
  EXPECT_EQ(made.remove("acme", configured, "token").error().what, admin_error::kind::not_found);
}

TEST_F(Tenants, ThatAreWrongChangeNothingAndAreToldWhy) {
  EXPECT_THAT(refusal("acme", R"({"access":{"mode":"closed"}})"), HasSubstr("acme.access.mode"));
  EXPECT_THAT(refusal("acme", R"({"access":{"modes":"open"}})"), HasSubstr("modes"));
  EXPECT_THAT(refusal("acme", "[]"), Not("taken"));
  EXPECT_THAT(refusal("acme", R"({}},"session":{"x":{})"), Not("taken"));
  EXPECT_THAT(refusal("acme", R"({},"zoo":{})"), HasSubstr("one JSON object"));
  EXPECT_THAT(refusal("Acme", "{}"), HasSubstr("a name has"));
  EXPECT_THAT(refusal("", "{}"), HasSubstr("a name has"));
  EXPECT_THAT(refusal("a\"", "{}"), HasSubstr("a name has"));
  broken = "acme";
  EXPECT_THAT(refusal("acme", "{}"), HasSubstr("no file for acme"));

  EXPECT_FALSE(installed);
  EXPECT_THAT(made.all(), IsEmpty());
  EXPECT_THAT(store.all<storage::tenant_record>(), IsEmpty());
  for (auto const& did : store.all<storage::audit_record>()) EXPECT_FALSE(did.ok);
}

TEST_F(Tenants, OfTheConfigurationAreItsOwn) {
  configured.tenants["acme"] = {};
  EXPECT_EQ(put("acme", "{}").error().what, admin_error::kind::refused);
  EXPECT_EQ(made.remove("acme", configured, "token").error().what, admin_error::kind::refused);
}

TEST_F(Tenants, AreBounded) {
  EXPECT_TRUE(is_new("a", "{}"));
  EXPECT_TRUE(is_new("b", "{}"));
  EXPECT_EQ(put("c", "{}").error().what, admin_error::kind::full);
  EXPECT_FALSE(is_new("b", "{}")) << "none more";
}

TEST_F(Tenants, NeverTellTheAuditLogTheirSecrets) {
  EXPECT_TRUE(is_new("acme", R"({"tokens":{"secrets":["k:)" + secret + "\"]}}"));
  for (auto const& did : store.all<storage::audit_record>()) {
    EXPECT_EQ(did.action, "tenant.put");
    EXPECT_THAT(did.detail, Not(HasSubstr(secret)));
  }
}

TEST_F(Tenants, ThatWereKeptAreServedAgainButForThoseThatCannotBe) {
  storage::loaded const kept{.bans = {},
                             .tenants = {{"acme", R"({"limits":{"swarms_max":3}})", "token", {}},
                                         {"old", R"({"access":{"no_more":1}})", "token", {}},
                                         {"zoo", "{}", "token", {}}},
                             .completed = {}};
  broken = "acme";

  made.restore(kept);

  ASSERT_TRUE(installed);
  EXPECT_THAT(*installed, SizeIs(1));
  EXPECT_TRUE(made.all().contains("zoo"));
  EXPECT_THAT(store.told, IsEmpty()) << "they stay in the store";
}

TEST_F(Tenants, ThatWereMadeBeforeTheStoreCouldBeReadStay) {
  EXPECT_TRUE(is_new("acme", R"({"limits":{"swarms_max":3}})"));
  storage::loaded const late{.bans = {},
                             .tenants = {{"acme", "{}", "token", {}}, {"zoo", "{}", "token", {}}},
                             .completed = {}};

  made.restore(late);

  EXPECT_THAT(*installed, SizeIs(2));
  EXPECT_EQ(made.all().at("acme").settings.limits.swarms_max, 3U) << "the newer one";
}

TEST(JoinedTenants, LeaveThoseOfTheConfigurationAndWhoNamesNoneAlone) {
  tenants::made_tenants made;
  made["acme"].settings.limits.swarms_max = 3;
  settings configured;
  EXPECT_TRUE(joined(configured, {}).tenants.empty());
  EXPECT_FALSE(joined(configured, {}).access.unnamed);

  auto const open = joined(configured, made);
  EXPECT_TRUE(open.access.unnamed);
  EXPECT_EQ(open.tenants.at("acme").limits.swarms_max, 3U);

  configured.tenants["acme"].limits.swarms_max = 5;
  auto const both = joined(configured, made);
  EXPECT_FALSE(both.access.unnamed) << "the configuration has said so";
  EXPECT_EQ(both.tenants.at("acme").limits.swarms_max, 5U);
}

}  // namespace
}  // namespace waggle::test

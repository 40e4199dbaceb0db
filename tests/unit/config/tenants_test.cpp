// SPDX-License-Identifier: Apache-2.0
// Tenants in the configuration: from every source, with every mistake named.
#include "config/diff.hpp"
#include "config/documents.hpp"
#include "config/load.hpp"
#include "protocol/tenant_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string all_of(load_result const& loaded) {
  std::string text;
  for (auto const& one : loaded.problems) text += to_string(one) + "\n";
  return text;
}

std::string const secret(32, 's');

TEST(Tenants, ComeFromTheFileWithSectionsOfTheirOwn) {
  auto const loaded = load({.text = R"({"access": {"mode": "deny"}, "tenants": {
    "acme": {"access": {"mode": "token", "origins": ["https://*.acme.example", "none"]},
             "tokens": {"secrets": ["k1:)" +
                                    secret + R"("], "reconnect_grace": "6h"},
             "limits": {"swarms_max": 7}},
    "lab": {}}})"});

  ASSERT_TRUE(loaded.ok()) << all_of(loaded);
  ASSERT_EQ(loaded.values.tenants.size(), 2U);
  auto const& acme = loaded.values.tenants.at("acme");
  EXPECT_EQ(acme.access.mode, access_mode_setting::token);
  EXPECT_EQ(acme.access.origins.size(), 2U);
  EXPECT_EQ(acme.tokens.secrets.at(0), (secret_setting{"k1", secret}));
  EXPECT_EQ(acme.tokens.reconnect_grace, std::chrono::hours{6});
  EXPECT_EQ(acme.limits.swarms_max, 7U);
  EXPECT_EQ(loaded.values.tenants.at("lab"), tenant_settings{})
      << "not what the sections above say";
  EXPECT_EQ(loaded.values.access.mode, access_mode_setting::deny);
}

TEST(Tenants, ComeFromEnvironmentAndFlags) {
  auto const loaded = load(
      {.text = R"({"tenants": {"old": {}}})",
       .environment = {{"WAGGLE_TENANTS", R"({"acme": {"access": {"mode": "deny"}}})"}},
       .flags = {{.key = "tenants.acme.limits.members_max", .values = {"9"}},
                 {.key = "tenants.lab.access.origins", .values = {"https://a.example,none"}}}});

  ASSERT_TRUE(loaded.ok()) << all_of(loaded);
  ASSERT_EQ(loaded.values.tenants.size(), 2U) << "the environment replaces those of the file";
  EXPECT_EQ(loaded.values.tenants.at("acme").access.mode, access_mode_setting::deny);
  EXPECT_EQ(loaded.values.tenants.at("acme").limits.members_max, 9U);
  EXPECT_EQ(loaded.values.tenants.at("lab").access.origins.size(), 2U);
}

TEST(Tenants, MistakesAreNamedWithTheTenant) {
  auto const text = all_of(load({.text = R"({"tenants": {
    "acme": {"access": {"mode": "closed", "modus": 1}, "session": {}},
    "Upper": {}, "": {}, "lab": 5}})"}));

  EXPECT_THAT(text, HasSubstr("tenants.acme.access.mode: expected"));
  EXPECT_THAT(text,
              HasSubstr("unknown key \"tenants.acme.access.modus\"; the nearest is access.mode"));
  EXPECT_THAT(text, HasSubstr("unknown section of a tenant \"session\""));
  EXPECT_THAT(text, HasSubstr("no tenant can be called \"Upper\""));
  EXPECT_THAT(text, HasSubstr("no tenant can be called \"\""));
  EXPECT_THAT(text, HasSubstr("tenants.lab: expected an object"));
  EXPECT_THAT(all_of(load({.flags = {{.key = "tenants.a.session.ping_after", .values = {"1s"}}}})),
              HasSubstr("unknown key of a tenant"));
  EXPECT_THAT(all_of(load({.environment = {{"WAGGLE_TENANTS", "{"}}})),
              HasSubstr("WAGGLE_TENANTS"));
}

TEST(Tenants, ModesNeedWhatTheySpeakOf) {
  auto const text = all_of(load({.text = R"({"access": {"mode": "token"}, "tenants": {
    "acme": {"access": {"mode": "registered"}}, "lab": {"tokens": {"in_announce": true}}}})"}));

  EXPECT_THAT(text, HasSubstr("configuration: access.mode: token needs keys"));
  EXPECT_THAT(text, HasSubstr("tenants.acme.access.mode: registered needs"));
  EXPECT_THAT(text, HasSubstr("tenants.lab.tokens.in_announce: needs keys"));
}

TEST(Tenants, OriginsAndSecretsAreLookedAt) {
  for (auto const* const bad :
       {"example.org", "https://", "https://a.example/path", "https://a b"}) {
    auto const loaded = load({.text = json{{"access", {{"origins", {bad}}}}}.dump()});
    EXPECT_FALSE(loaded.ok()) << bad;
  }
  for (auto const& bad : {std::string{"short:hush"}, secret, ":" + secret}) {
    auto const loaded = load({.text = json{{"tokens", {{"secrets", {bad}}}}}.dump()});
    EXPECT_FALSE(loaded.ok()) << bad;
    EXPECT_EQ(all_of(loaded).find("hush"), std::string::npos) << all_of(loaded);
    EXPECT_EQ(all_of(loaded).find(secret), std::string::npos) << all_of(loaded);
  }
}

TEST(Tenants, AreWrittenWithoutTheirSecrets) {
  settings all;
  all.tenants["acme"].tokens.secrets = {{"k1", secret}};
  all.tenants["acme"].limits.swarms_max = 3;

  for (auto const& text : {configuration_text(all), configuration_json(all)}) {
    EXPECT_EQ(text.find(secret), std::string::npos);
    EXPECT_THAT(text, HasSubstr("k1:***"));
  }
  auto const own = json::parse(configuration_json(all)).at("tenants").at("acme");
  EXPECT_EQ(own, (json{{"limits", {{"swarms_max", 3}}}, {"tokens", {{"secrets", {"k1:***"}}}}}));
}

TEST(Tenants, GoThroughTheWrittenConfiguration) {
  settings all;
  all.tenants["acme"].access.origins = {{"https://*.example.org"}};
  all.tenants["lab"];

  auto const again = load({.text = configuration_text(all)});

  ASSERT_TRUE(again.ok()) << all_of(again);
  EXPECT_EQ(again.values, all);
}

TEST(Tenants, ThatDifferAreChangesThatAReloadTakes) {
  settings before;
  before.tenants["gone"];
  before.tenants["acme"].limits.swarms_max = 1;
  settings after;
  after.tenants["acme"].limits.swarms_max = 2;
  after.tenants["fresh"];

  auto const changes = changes_between(before, after);

  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].key, "tenants.acme.limits.swarms_max");
  EXPECT_EQ(changes[0].before, "1");
  EXPECT_EQ(changes[0].after, "2");
  EXPECT_EQ(changes[1].key, "tenants.gone");
  EXPECT_EQ(changes[2].key, "tenants.fresh");
  for (auto const& change : changes) EXPECT_TRUE(change.reloadable);
}

}  // namespace
}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// Who is let in, as whose client, and why not.
#include "server/session/admission.hpp"

#include "protocol/tenant_name.hpp"
#include "server/core/ban_list.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/session/token_gate.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace waggle::test {
namespace {

/// Knows its tokens by heart: "TENANT:WORD".
class known_tokens final : public token_gate {
 public:
  [[nodiscard]] token_verdict check(std::string_view token, tenant_id tenant) const override {
    auto const found = good.find(std::string{token});
    if (found == good.end()) return {};
    if (found->second->tenant != tenant) return {.refused = admission_reason::token_foreign};
    return {.granted = found->second};
  }
  [[nodiscard]] std::string claimed_tenant(std::string_view token) const override {
    return std::string{token.substr(0, token.find(':'))};
  }

  std::map<std::string, std::shared_ptr<grant const>> good;
};

class Admission : public testing::Test {
 protected:
  Admission() {
    add({.name = "open"});
    add({.name = "closed",
         .origins = origin_filter{{"https://*.example.org"}},
         .tokens = token_rule::at_connect});
    add({.name = "polite", .tokens = token_rule::optional});
    tokens.good["closed:good"] = std::make_shared<grant const>(
        grant{.token = token_id{{7}}, .tenant = tenant_id_of("closed")});
    tokens.good["closed:page"] = std::make_shared<grant const>(grant{
        .tenant = tenant_id_of("closed"), .origins = origin_filter{{"https://a.example.org"}}});
  }

  void add(tenant_policy policy) {
    if (!policy.name.empty()) policy.id = tenant_id_of(policy.name);
    policies.push_back(std::make_shared<tenant_policy const>(std::move(policy)));
  }

  admission_decision decide(std::string_view target, std::string_view origin = "",
                            std::string_view from = "192.0.2.1") {
    tenant_directory const tenants{policies};
    return decide_admission(
        {.target = target, .origin = origin, .address = *parse_ip_address(from)},
        {tenants, bans, &tokens});
  }

  tenant_directory::policies policies;
  ban_list bans;
  known_tokens tokens;
};

using enum admission_reason;
constexpr auto page = "https://www.example.org";

TEST_F(Admission, OfATenantByItsPath) {
  auto const decision = decide("/t/open/announce");

  EXPECT_FALSE(decision.refused);
  EXPECT_EQ(decision.tenant, tenant_id_of("open"));
  EXPECT_EQ(decision.token, nullptr);
}

TEST_F(Admission, OfNobodyKnownIsRefused) {
  EXPECT_EQ(decide("/t/nobody/").refused, tenant_unknown);
  EXPECT_EQ(decide("/t/").refused, tenant_unknown) << "a path that names nobody";
  EXPECT_EQ(decide("/").refused, tenant_missing);
  EXPECT_EQ(decide("/?token=nobody:x").refused, tenant_unknown);
}

TEST_F(Admission, OfAnyoneWhereSuchAreServed) {
  add({});

  EXPECT_FALSE(decide("/").refused);
  EXPECT_EQ(decide("/").tenant, tenant_id::none);
  EXPECT_EQ(decide("/t/nobody/").refused, tenant_unknown)
      << "a name that is wrong is no namelessness";
}

TEST_F(Admission, NeedsAGoodTokenWhereTheTenantWantsOne) {
  EXPECT_EQ(decide("/t/closed/", page).refused, token_missing);
  EXPECT_EQ(decide("/t/closed/?token=closed:bad", page).refused, token_invalid);
  auto const decision = decide("/t/closed/?token=closed:good", page);
  EXPECT_FALSE(decision.refused);
  ASSERT_NE(decision.token, nullptr);
  EXPECT_EQ(decision.token->token, token_id{{7}});
}

TEST_F(Admission, FindsTheTenantByTheToken) {
  auto const decision = decide("/announce?token=closed:good", page);

  EXPECT_FALSE(decision.refused);
  EXPECT_EQ(decision.tenant, tenant_id_of("closed"));
}

TEST_F(Admission, IsNotGivenForATokenOfAnotherTenant) {
  EXPECT_EQ(decide("/t/polite/?token=closed:good", page).refused, token_foreign);
}

TEST_F(Admission, LooksAtNoTokenWhereTheTenantHasNoKeys) {
  EXPECT_FALSE(decide("/t/open/?token=whatever").refused);
}

TEST_F(Admission, DoesNotWantATokenThatIsOptionalButMindsABadOne) {
  EXPECT_FALSE(decide("/t/polite/").refused);
  EXPECT_EQ(decide("/t/polite/?token=polite:bad").refused, token_invalid);
}

TEST_F(Admission, IsForPagesOfTheTenantOnly) {
  auto const with_token = "/t/closed/?token=closed:good";
  EXPECT_EQ(decide(with_token, "https://example.com").refused, origin);
  EXPECT_EQ(decide(with_token, "").refused, origin);
  EXPECT_FALSE(decide(with_token, "https://b.example.org").refused);
}

TEST_F(Admission, IsForPagesOfTheTokenOnly) {
  auto const with_token = "/t/closed/?token=closed:page";
  EXPECT_EQ(decide(with_token, "https://b.example.org").refused, token_foreign);
  EXPECT_FALSE(decide(with_token, "https://a.example.org").refused);
}

TEST_F(Admission, IsNotGivenToTheBanned) {
  bans = ban_list{{.addresses = {*parse_ip_network("192.0.2.0/24")}}};
  EXPECT_EQ(decide("/t/open/").refused, banned);
  EXPECT_FALSE(decide("/t/open/", "", "198.51.100.1").refused);

  bans = ban_list{{.tenants = {tenant_id_of("open")}}};
  EXPECT_EQ(decide("/t/open/").refused, banned);
  EXPECT_FALSE(decide("/t/polite/").refused);

  bans = ban_list{{.tokens = {token_id{{7}}}}};
  EXPECT_EQ(decide("/t/closed/?token=closed:good", page).refused, banned);
}

TEST(AdmissionReason, HasAStatusThatSaysWhoCanHelp) {
  for (auto const why : {token_missing, token_invalid, token_expired}) {
    EXPECT_EQ(refusal_for(why).status, 401U);
  }
  for (auto const why : {banned, tenant_unknown, tenant_missing, origin, token_foreign}) {
    EXPECT_EQ(refusal_for(why).status, 403U);
    EXPECT_FALSE(is_of_quota(why));
  }
  for (auto const why : {token_connections, address_rate}) EXPECT_EQ(refusal_for(why).status, 429U);
  for (auto const why : {tenant_connections, connections, memory}) {
    EXPECT_EQ(refusal_for(why).status, 503U);
    EXPECT_GT(refusal_for(why).retry_after.count(), 0);
    EXPECT_TRUE(is_of_quota(why));
  }
}

}  // namespace
}  // namespace waggle::test

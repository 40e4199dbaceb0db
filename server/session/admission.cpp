// SPDX-License-Identifier: Apache-2.0
#include "server/session/admission.hpp"

#include "server/core/ban_list.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/session/request_target.hpp"
#include "server/session/token_gate.hpp"

#include <string>

namespace waggle {
namespace {

/// The tenant that the request names: by its path, or else by its token.
struct named_tenant {
  tenant_policy const* policy = nullptr;  // null: there is none
  bool by_name = false;
};

// Where nobody has a name any path is fine, and so is any tenant that a token claims.
named_tenant find_tenant(request_target const& asked, admission_rules const& rules) {
  if (!rules.tenants.has_names()) return {rules.tenants.find(tenant_id::none)};
  if (asked.tenant) return {rules.tenants.find(*asked.tenant), /*by_name=*/true};
  if (!asked.token.empty() && rules.tokens != nullptr) {
    auto const claimed = rules.tokens->claimed_tenant(asked.token);
    if (!claimed.empty()) return {rules.tenants.find(claimed), /*by_name=*/true};
  }
  return {rules.tenants.find(tenant_id::none)};
}

std::optional<admission_reason> judge_token(request_target const& asked,
                                            admission_request const& request,
                                            tenant_policy const& policy,
                                            admission_rules const& rules,
                                            std::shared_ptr<grant const>& to) {
  if (policy.tokens == token_rule::ignored || rules.tokens == nullptr) return std::nullopt;
  if (asked.token.empty()) {
    if (policy.tokens != token_rule::at_connect) return std::nullopt;
    return admission_reason::token_missing;
  }
  auto const verdict = rules.tokens->check(asked.token, policy.id);
  if (!verdict.granted) return verdict.refused;
  if (!verdict.granted->origins.admits(request.origin)) return admission_reason::token_foreign;
  if (rules.bans.bans(verdict.granted->token)) return admission_reason::banned;
  to = verdict.granted;
  return std::nullopt;
}

}  // namespace

admission_decision decide_admission(admission_request const& request,
                                    admission_rules const& rules) {
  if (rules.bans.bans(request.address)) return {.refused = admission_reason::banned};
  auto const asked = parse_target(request.target);
  auto const [policy, by_name] = find_tenant(asked, rules);
  if (policy == nullptr) {
    return {.refused =
                by_name ? admission_reason::tenant_unknown : admission_reason::tenant_missing};
  }
  if (rules.bans.bans(policy->id))
    return {.refused = admission_reason::banned, .tenant = policy->id};
  if (!policy->origins.admits(request.origin)) {
    return {.refused = admission_reason::origin, .tenant = policy->id};
  }
  admission_decision decision{.tenant = policy->id};
  decision.refused = judge_token(asked, request, *policy, rules, decision.token);
  return decision;
}

}  // namespace waggle

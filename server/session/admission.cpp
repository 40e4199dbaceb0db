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

named_tenant find_tenant(request_target const& asked, admission_rules const& rules) {
  if (asked.tenant) return {rules.tenants.find(*asked.tenant), /*by_name=*/true};
  if (!asked.token.empty() && rules.tokens != nullptr) {
    auto const claimed = rules.tokens->claimed_tenant(asked.token);
    if (!claimed.empty()) return {rules.tenants.find(claimed), /*by_name=*/true};
  }
  return {rules.tenants.find(tenant_id::none)};
}

admission_answer judge_token(request_target const& asked, admission_request const& request,
                             tenant_policy const& policy, admission_rules const& rules,
                             std::shared_ptr<grant const>& to) {
  if (policy.tokens == token_rule::ignored || rules.tokens == nullptr)
    return admission_answer::welcome;
  if (asked.token.empty()) {
    return policy.tokens == token_rule::at_connect ? admission_answer::token_missing
                                                   : admission_answer::welcome;
  }
  auto const verdict = rules.tokens->check(asked.token, policy.id);
  if (!verdict.granted) return verdict.why;
  if (!verdict.granted->origins.admits(request.origin)) return admission_answer::token_foreign;
  if (rules.bans.bans(verdict.granted->token)) return admission_answer::banned;
  to = verdict.granted;
  return admission_answer::welcome;
}

}  // namespace

admission_decision decide_admission(admission_request const& request,
                                    admission_rules const& rules) {
  if (rules.bans.bans(request.address)) return {.why = admission_answer::banned};
  auto const asked = parse_target(request.target);
  auto const [policy, by_name] = find_tenant(asked, rules);
  if (policy == nullptr) {
    return {.why = by_name ? admission_answer::tenant_unknown : admission_answer::tenant_missing};
  }
  if (rules.bans.bans(policy->id)) return {.why = admission_answer::banned, .tenant = policy->id};
  if (!policy->origins.admits(request.origin)) {
    return {.why = admission_answer::origin, .tenant = policy->id};
  }
  admission_decision decision{.tenant = policy->id};
  decision.why = judge_token(asked, request, *policy, rules, decision.token);
  return decision;
}

refusal_words words_of(admission_answer why) {
  switch (why) {
    case admission_answer::welcome:
      break;
    case admission_answer::banned:
      return {403, "banned"};
    case admission_answer::tenant_unknown:
      return {403, "there is no such tenant"};
    case admission_answer::tenant_missing:
      return {403, "no tenant is named: connect to /t/NAME/, or with a token that names one"};
    case admission_answer::origin:
      return {403, "pages of this origin may not connect"};
    case admission_answer::token_missing:
      return {401, "a token is needed: connect with ?token=..."};
    case admission_answer::token_invalid:
      return {401, "the token is not valid"};
    case admission_answer::token_expired:
      return {401, "the token has expired, or is not valid yet"};
    case admission_answer::token_foreign:
      return {403, "the token is for another tenant or another origin"};
    case admission_answer::token_overused:
      return {429, "too many connections with this token", 60};
    case admission_answer::tenant_full:
      return {503, "the tenant has as many connections as it may", 60};
  }
  return {500, "welcome"};
}

}  // namespace waggle

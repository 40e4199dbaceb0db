// SPDX-License-Identifier: Apache-2.0
#include "server/token_office.hpp"

#include <algorithm>
#include <utility>

namespace waggle {
namespace {

admission_reason reason_for(auth::token_refusal why) {
  switch (why) {
    case auth::token_refusal::expired:
    case auth::token_refusal::not_yet_valid:
      return admission_reason::token_expired;
    case auth::token_refusal::wrong_tenant:
      return admission_reason::token_foreign;
    case auth::token_refusal::malformed:
    case auth::token_refusal::unknown_key:
    case auth::token_refusal::bad_signature:
    case auth::token_refusal::wrong_issuer:
    case auth::token_refusal::wrong_audience:
    case auth::token_refusal::bad_claims:
      break;
  }
  return admission_reason::token_invalid;
}

// A token without a jti is meant for many, such as all who open one page: only the claim bounds it.
std::uint32_t connections_of(token_claims const& claims, token_standard const& by) {
  auto const usual = claims.id.empty() ? UINT32_MAX : by.connections_max;
  return std::min(usual, claims.caps.connections.value_or(UINT32_MAX));
}

std::shared_ptr<grant const> grant_of(auth::verified_token const& token, tenant_id tenant,
                                      token_standard const& by) {
  auto const& claims = token.claims;
  grant made{.token = token.id, .tenant = tenant};
  if (claims.swarms) made.swarms = swarm_scope{*claims.swarms};
  // An empty list is a token for no page at all, and for who is no page.
  if (claims.origin_globs) {
    auto globs = *claims.origin_globs;
    if (globs.empty()) globs.emplace_back("none");
    made.origins = origin_filter{std::move(globs)};
  }
  made.connections_max = connections_of(claims, by);
  made.memberships_max = claims.caps.swarms.value_or(UINT32_MAX);
  made.offers_max = claims.caps.offers.value_or(UINT32_MAX);
  return std::make_shared<grant const>(std::move(made));
}

}  // namespace

token_verdict token_office::check(std::string_view token, tenant_id tenant) const {
  auto const found = standards_.find(tenant);
  if (found == standards_.end()) return {};
  auto const& by = found->second;
  auto const verdict = auth::verify(token, *by.keys,
                                    {.now = now_(),
                                     .leeway = by.leeway,
                                     .grace = by.grace,
                                     .tenant = by.tenant,
                                     .issuer = by.issuer,
                                     .audience = by.audience});
  if (!verdict) return {.refused = reason_for(verdict.error())};
  return {.granted = grant_of(*verdict, tenant, by)};
}

std::string token_office::claimed_tenant(std::string_view token) const {
  return auth::claimed_tenant(token);
}

}  // namespace waggle

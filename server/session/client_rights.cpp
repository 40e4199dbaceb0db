// SPDX-License-Identifier: Apache-2.0
#include "server/session/client_rights.hpp"

#include <algorithm>
#include <utility>

namespace waggle {

client_rights::client_rights(rights_scope& scope, newcomer who)
    : scope_(scope), standing_(std::move(who.standing)) {
  if (!who.origin.empty()) extra().origin = std::move(who.origin);
}

client_rights::~client_rights() = default;

swarm_id client_rights::own(swarm_id swarm) const {
  swarm.tenant = standing_.tenant;
  return swarm;
}

tenant_policy const* client_rights::policy() const {
  return scope_.tenants->find(standing_.tenant);
}

client_rights::service client_rights::serves(swarm_id const& swarm) const {
  auto const* const rules = policy();
  if (rules == nullptr) return {};
  auto const* const own = standing_.token.get();
  if (rules->serves(swarm.hash(), own)) return {.served = true, .by = own};
  if (!rarely_) return {};
  for (auto const& shown : rarely_->tokens) {
    auto const* const with = shown.granted.get();
    if (with != nullptr && rules->serves(swarm.hash(), with)) return {.served = true, .by = with};
  }
  return {};
}

bool client_rights::bans(swarm_id const& swarm, peer_id const& peer) const {
  return scope_.bans->bans(swarm.hash()) || scope_.bans->bans(peer);
}

// Each text is verified once, good or not: clients repeat theirs with every announce.
void client_rights::show(std::string_view token) {
  auto const* const rules = policy();
  if (rules == nullptr || rules->tokens == token_rule::ignored || scope_.tokens == nullptr) return;
  auto const digest = tag_of(scope_.where.seed, token);
  auto& more = extra();
  if (std::ranges::find(more.tokens, digest, &shown_token::text) != more.tokens.end()) return;
  if (more.checks >= scope_.shown.checks_max) return;
  ++more.checks;
  shown_token shown{.text = digest,
                    .granted = scope_.tokens->check(token, standing_.tenant).granted,
                    .seat = nullptr};
  auto& granted = shown.granted;
  if (granted && (scope_.bans->bans(granted->token) || !granted->origins.admits(more.origin))) {
    granted = nullptr;
  }
  if (!seat(shown)) return;  // looked at again with the next message: one may be free by then
  if (more.tokens.size() >= scope_.shown.tokens_max) more.tokens.erase(more.tokens.begin());
  more.tokens.push_back(std::move(shown));
}

/// Gives it a place among the connections of its token; of one name, whose text is another with
/// every announce, the connection is one. False: there is none.
bool client_rights::seat(shown_token& shown) const {
  if (!shown.granted || scope_.seats == nullptr) return true;
  auto const& token = shown.granted->token;
  if (standing_.token && standing_.token->token == token) return true;
  for (auto const& other : rarely_->tokens) {
    if (other.granted && other.granted->token == token) shown.seat = other.seat;
  }
  if (!shown.seat) shown.seat = scope_.seats->take(*shown.granted);
  return shown.seat != nullptr;
}

std::optional<websocket::close_code> client_rights::apply_rules() {
  if (policy() == nullptr) return websocket::close_code::tenant_gone;
  if (scope_.bans->bans(standing_.tenant)) return websocket::close_code::banned;
  if (standing_.token && scope_.bans->bans(standing_.token->token)) {
    return websocket::close_code::banned;
  }
  if (!rarely_) return std::nullopt;
  for (auto& shown : rarely_->tokens) {
    if (!shown.granted || !scope_.bans->bans(shown.granted->token)) continue;
    shown.granted = nullptr;
    shown.seat = nullptr;
  }
  return std::nullopt;
}

// At the receiver's edge it is known whether both have one public address; both are clients of one
// tenant.
std::optional<sdp::ice_filter> client_rights::withheld_from(std::uint32_t address_tag) const {
  auto const* const rules = policy();
  if (rules == nullptr) return std::nullopt;  // the connection is about to be closed
  return sdp::filter_between(rules->ice, /*same_public_ip=*/address_tag == standing_.address_tag);
}

bool client_rights::filter(payload& body, std::uint32_t address_tag) {
  auto const withheld = withheld_from(address_tag);
  if (!withheld) return true;
  switch (scope_.filter.apply(body.json, *withheld, scope_.filtered)) {
    case sdp::outcome::unchanged:
      return true;
    case sdp::outcome::filtered:
      ++scope_.judged.descriptions_filtered;
      body = {scope_.filtered};
      return true;
    case sdp::outcome::opaque:
      if (*withheld != sdp::ice_filter::relay_only) return true;
      break;
    case sdp::outcome::malformed:
      break;
  }
  ++scope_.judged.descriptions_withheld;
  return false;
}

std::uint32_t client_rights::memberships_max(std::uint32_t most, grant const* by) const {
  if (auto const* const rules = policy()) most = std::min(most, rules->limits.memberships_max);
  for (auto const* const with : {standing_.token.get(), by}) {
    if (with != nullptr) most = std::min(most, with->memberships_max);
  }
  return most;
}

// What a tenant may have said in a second is shared out evenly among the cores, as its connections
// are by the kernel.
bool client_rights::take_share(std::uint64_t messages, core_time now) {
  auto const* const rules = policy();
  if (rules == nullptr || rules->limits.messages_per_second == UINT32_MAX) return true;
  constexpr std::uint64_t burst_seconds = 2;
  auto const share = std::max<std::uint64_t>(
      rules->limits.messages_per_second / std::max<std::uint64_t>(scope_.where.cores, 1), 1);
  bucket_limits const limits{.burst = std::max(burst_seconds * share, messages),
                             .per_second = share};
  auto& spent = scope_.spent.try_emplace(standing_.tenant, now).first->second;
  spent.refill(now, share);
  if (!spent.has(messages, limits)) {
    ++scope_.judged.over_tenant_quota;
    return false;
  }
  spent.take(messages);
  return true;
}

client_rights::rarely& client_rights::extra() {
  if (!rarely_) rarely_ = std::make_unique<rarely>();
  return *rarely_;
}

}  // namespace waggle

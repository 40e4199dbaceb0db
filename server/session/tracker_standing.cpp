// SPDX-License-Identifier: Apache-2.0
// What a tracker client may do, see tracker_conversation.hpp: its tenant, its tokens, bans, shares
// and the ICE policy.
#include "server/session/tracker_conversation.hpp"

#include <algorithm>
#include <utility>

namespace waggle {

swarm_id tracker_conversation::own(swarm_id swarm) const {
  swarm.tenant = standing_.tenant;
  return swarm;
}

tenant_policy const* tracker_conversation::policy() const {
  return scope_.tenants->find(standing_.tenant);
}

tracker_conversation::service tracker_conversation::serves(swarm_id const& swarm) const {
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

bool tracker_conversation::bans(swarm_id const& swarm, peer_id const& peer) const {
  return scope_.bans->bans(swarm.hash()) || scope_.bans->bans(peer);
}

// Each text is verified once, good or not: clients repeat theirs with every announce.
void tracker_conversation::take_token(std::string_view text) {
  auto const* const rules = policy();
  if (rules == nullptr || rules->tokens == token_rule::ignored || scope_.tokens == nullptr) return;
  auto const digest = tag_of(scope_.where.seed, text);
  auto& more = extra();
  if (std::ranges::find(more.tokens, digest, &shown_token::text) != more.tokens.end()) return;
  if (more.token_checks >= scope_.limits.token_checks_max) return;
  ++more.token_checks;
  shown_token shown{.text = digest,
                    .granted = scope_.tokens->check(text, standing_.tenant).granted,
                    .seat = nullptr};
  auto& granted = shown.granted;
  if (granted && (scope_.bans->bans(granted->token) || !granted->origins.admits(more.origin))) {
    granted = nullptr;
  }
  if (!seat(shown)) return;  // looked at again with the next announce: one may be free by then
  if (more.tokens.size() >= scope_.limits.tokens_max) more.tokens.erase(more.tokens.begin());
  more.tokens.push_back(std::move(shown));
}

// Of one name, whose text is another with every announce, the connection is one.
bool tracker_conversation::seat(shown_token& shown) const {
  if (!shown.granted || scope_.seats == nullptr) return true;
  auto const& token = shown.granted->token;
  if (standing_.token && standing_.token->token == token) return true;
  for (auto const& other : rarely_->tokens) {
    if (other.granted && other.granted->token == token) shown.seat = other.seat;
  }
  if (!shown.seat) shown.seat = scope_.seats->take(*shown.granted);
  return shown.seat != nullptr;
}

std::optional<websocket::close_code> tracker_conversation::on_rules() {
  if (policy() == nullptr) return websocket::close_code::tenant_gone;
  if (scope_.bans->bans(standing_.tenant)) return websocket::close_code::banned;
  if (standing_.token && scope_.bans->bans(standing_.token->token)) {
    return websocket::close_code::banned;
  }
  if (rarely_) {
    for (auto& shown : rarely_->tokens) {
      if (!shown.granted || !scope_.bans->bans(shown.granted->token)) continue;
      shown.granted = nullptr;
      shown.seat = nullptr;
    }
  }
  for (std::size_t at = memberships_.size(); at-- > 0;) {
    auto const [swarm, peer] = memberships_[at].of;
    auto const banned = bans(swarm, peer);
    if (!banned && serves(swarm).served) continue;
    end_membership(swarm, peer);  // the last one takes its place, and has been looked at
    ++(banned ? scope_.counts.memberships_banned : scope_.counts.memberships_revoked);
  }
  return std::nullopt;
}

// Here, at the receiver's edge, it is known whether both have one public address; both are clients
// of one tenant.
bool tracker_conversation::filter(payload& body, std::uint32_t address_tag) {
  auto const* const rules = policy();
  if (rules == nullptr) return true;  // the connection is about to be closed
  auto const withheld =
      sdp::filter_between(rules->ice, /*same_public_ip=*/address_tag == standing_.address_tag);
  if (!withheld) return true;
  switch (scope_.filter.apply(body.json, *withheld, scope_.filtered)) {
    case sdp::outcome::unchanged:
      return true;
    case sdp::outcome::filtered:
      ++scope_.counts.descriptions_filtered;
      body = {scope_.filtered};
      return true;
    case sdp::outcome::opaque:
      if (*withheld != sdp::ice_filter::relay_only) return true;
      break;
    case sdp::outcome::malformed:
      break;
  }
  ++scope_.counts.descriptions_withheld;
  return false;
}

std::uint32_t tracker_conversation::memberships_max(grant const* by) const {
  auto most = scope_.limits.memberships_max;
  if (auto const* const rules = policy()) most = std::min(most, rules->limits.memberships_max);
  for (auto const* const with : {standing_.token.get(), by}) {
    if (with != nullptr) most = std::min(most, with->memberships_max);
  }
  return most;
}

refusal_rules const& tracker_conversation::refusal() const {
  static refusal_rules const of_nobody;
  auto const* const rules = policy();
  return rules == nullptr ? of_nobody : rules->refusal;
}

// What a tenant may have said in a second is shared out evenly among the cores, as its connections
// are by the kernel.
bool tracker_conversation::within_share(std::uint64_t messages, core_time now) {
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
    ++scope_.counts.over_tenant_quota;
    return false;
  }
  spent.take(messages);
  return true;
}

}  // namespace waggle

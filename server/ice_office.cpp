// SPDX-License-Identifier: Apache-2.0
#include "server/ice_office.hpp"

#include "protocol/json/writer.hpp"
#include "server/auth/turn_credentials.hpp"

#include <algorithm>

namespace waggle {
namespace {

/// What may stand for a host in a URL; a request can say anything. With brackets around IPv6.
bool is_host(std::string_view text) {
  constexpr std::size_t host_bytes_max = 253;
  return !text.empty() && text.size() <= host_bytes_max && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  });
}

void append_urls(std::vector<std::string> const& urls, json::writer& to) {
  to.raw(R"("urls":[)");
  bool first = true;
  for (auto const& url : urls) {
    if (!first) to.raw(",");
    first = false;
    to.text(url);
  }
  to.raw("]");
}

}  // namespace

ice_offer ice_office::offer_to(tenant_id tenant, std::string_view host) const {
  ice_offer offer;
  auto const* const policy = tenants_->find(tenant);
  auto const* const plan = policy == nullptr ? nullptr : policy->ice_servers.get();
  std::vector<std::string> stun;
  if (stun_) {
    auto const name = stun_->host.empty() ? host : std::string_view{stun_->host};
    if (is_host(name))
      stun.push_back("stun:" + std::string{name} + ":" + std::to_string(stun_->port));
  }
  if (plan != nullptr) stun.insert(stun.end(), plan->stun_urls.begin(), plan->stun_urls.end());

  offer.json = "[";
  json::writer to{offer.json};
  if (!stun.empty()) {
    to.raw("{");
    append_urls(stun, to);
    to.raw("}");
  }
  if (auto const turn = turn_for(tenant)) {
    if (!stun.empty()) to.raw(",");
    to.raw("{");
    append_urls(turn->urls, to);
    to.raw(R"(,"username":)").text(turn->username);
    to.raw(R"(,"credential":)").text(turn->credential).raw("}");
    offer.ttl_s = turn->ttl_s;
  }
  to.raw("]");
  return offer;
}

std::optional<turn_offer> ice_office::turn_for(tenant_id tenant) const {
  auto const* const policy = tenants_->find(tenant);
  auto const* const plan = policy == nullptr ? nullptr : policy->ice_servers.get();
  if (plan == nullptr || !plan->has_credentials()) return std::nullopt;
  auto const made =
      auth::mint_turn_credentials(plan->turn_secret, now_() + plan->turn_ttl, policy->name);
  return turn_offer{.urls = plan->turn_urls,
                    .username = made.username,
                    .credential = made.credential,
                    .ttl_s = static_cast<std::uint32_t>(plan->turn_ttl.count())};
}

}  // namespace waggle

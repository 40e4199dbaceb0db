// SPDX-License-Identifier: Apache-2.0
#include "server/net/client_ledger.hpp"

namespace waggle::net {

void client_ledger::pass::leave_tenant::operator()(tenant_usage* of) const {
  of->connections.fetch_sub(1, std::memory_order_relaxed);
}

client_ledger::client_ledger(hash_seed const& seed) : seed_(seed) {
  for (auto& each : stripes_) each = std::make_unique<stripe>(seed);
}

client_ledger::entered client_ledger::enter(tenant_id tenant, std::uint32_t connections_max,
                                            grant const* token) {
  entered result;
  auto& usage = of(tenant);
  auto const before = usage.connections.fetch_add(1, std::memory_order_relaxed);
  result.held.tenant_.reset(&usage);
  if (before >= connections_max) result.over = admission_reason::tenant_connections;
  if (token == nullptr) return result;
  auto const count = enter(token->token);
  result.held.token_ = std::make_unique<pass::token_place>(*this, token->token);
  if (count > token->connections_max) result.over = admission_reason::token_connections;
  return result;
}

std::unique_ptr<token_seat> client_ledger::take(grant const& with) {
  auto const count = enter(with.token);
  auto place = std::make_unique<pass::token_place>(*this, with.token);
  if (count > with.connections_max) return nullptr;
  return place;
}

tenant_usage& client_ledger::of(tenant_id which) {
  std::scoped_lock const lock{tenants_mutex_};
  auto& found = tenants_[which];
  if (!found) found = std::make_unique<tenant_usage>();
  return *found;
}

std::uint32_t client_ledger::connections_of(token_id const& token) const {
  auto const& at = stripe_of(token);
  std::scoped_lock const lock{at.mutex};
  auto const known = at.connections.find(token);
  return known == at.connections.end() ? 0 : known->second;
}

std::uint32_t client_ledger::enter(token_id const& token) {
  auto& at = stripe_of(token);
  std::scoped_lock const lock{at.mutex};
  return ++at.connections[token];
}

void client_ledger::leave(token_id const& token) {
  auto& at = stripe_of(token);
  std::scoped_lock const lock{at.mutex};
  auto const known = at.connections.find(token);
  if (--known->second == 0) at.connections.erase(known);
}

// The tables look at the low bits of the hash.
client_ledger::stripe& client_ledger::stripe_of(token_id const& token) const {
  return *stripes_[(keyed_hasher{seed_}(token) >> 32U) % stripes_.size()];
}

}  // namespace waggle::net

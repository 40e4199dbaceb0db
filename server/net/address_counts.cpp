// SPDX-License-Identifier: Apache-2.0
#include "server/net/address_counts.hpp"

#include <algorithm>
#include <string_view>

namespace waggle::net {
namespace {

constexpr std::size_t stripe_count = 64;

}  // namespace

std::size_t address_counts::key_hash::operator()(ip_address const& key) const {
  auto const& bytes = key.bytes();
  return key_digest(seed)
      .add(std::string_view{reinterpret_cast<char const*>(bytes.data()), bytes.size()})
      .finish();
}

address_counts::address_counts(hash_seed const& seed) : hash_{seed} {
  while (stripes_.size() < stripe_count) stripes_.emplace_back(seed);
}

// The tables look at the low bits of the hash.
address_counts::stripe& address_counts::stripe_of(ip_address const& key) {
  return stripes_[(hash_(key) >> 32U) % stripe_count];
}

address_counts::stripe const& address_counts::stripe_of(ip_address const& key) const {
  return stripes_[(hash_(key) >> 32U) % stripe_count];
}

address_counts::pass address_counts::enter(ip_address const& client) {
  auto const key = counting_key(client);
  auto& at = stripe_of(key);
  std::scoped_lock const lock{at.mutex};
  auto const known = at.connections.find(key);
  std::size_t const before = known == at.connections.end() ? 0 : known->second;
  // What may fail for want of memory comes first.
  if (at.keys_with.size() < before + 2) at.keys_with.resize(before + 2);
  if (before == 0) {
    at.connections.emplace(key, 1);
  } else {
    ++known->second;
    --at.keys_with[before];
  }
  ++at.keys_with[before + 1];
  at.most = std::max(at.most, before + 1);
  inside_.fetch_add(1, std::memory_order_relaxed);
  return pass{this, key};
}

void address_counts::leave(ip_address const& key) {
  auto& at = stripe_of(key);
  std::scoped_lock const lock{at.mutex};
  auto const known = at.connections.find(key);
  std::size_t const before = known->second;
  inside_.fetch_sub(1, std::memory_order_relaxed);
  --at.keys_with[before];
  if (at.most == before && at.keys_with[before] == 0) --at.most;
  if (before == 1) {
    at.connections.erase(known);
  } else {
    --known->second;
    ++at.keys_with[before - 1];
  }
}

std::size_t address_counts::count(ip_address const& client) const {
  auto const key = counting_key(client);
  auto const& at = stripe_of(key);
  std::scoped_lock const lock{at.mutex};
  auto const known = at.connections.find(key);
  return known == at.connections.end() ? 0 : known->second;
}

address_counts::summary address_counts::total() const {
  summary sum;
  for (auto const& at : stripes_) {
    std::scoped_lock const lock{at.mutex};
    sum.addresses += at.connections.size();
    sum.connections_max = std::max(sum.connections_max, at.most);
  }
  return sum;
}

}  // namespace waggle::net

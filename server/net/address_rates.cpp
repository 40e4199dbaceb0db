// SPDX-License-Identifier: Apache-2.0
#include "server/net/address_rates.hpp"

#include <string_view>

namespace waggle::net {
namespace {

constexpr std::size_t rate_stripes = 64;
constexpr std::size_t looked_at_per_entry = 2;  // so that a table which grows is tidied as well
constexpr std::uint64_t burst_seconds = 4;
constexpr std::uint64_t minute = 60;  // tokens of a failure: as many come back in a minute

bucket_limits arrivals_of(address_limits const& limits) {
  return {.burst = burst_seconds * limits.connections_per_second,
          .per_second = limits.connections_per_second};
}

bucket_limits failures_of(address_limits const& limits) {
  return {.burst = minute * limits.failures_per_minute, .per_second = limits.failures_per_minute};
}

}  // namespace

std::size_t address_rates::key_hash::operator()(ip_address const& key) const {
  auto const& bytes = key.bytes();
  return key_digest(seed)
      .add(std::string_view{reinterpret_cast<char const*>(bytes.data()), bytes.size()})
      .finish();
}

address_rates::address_rates(hash_seed const& seed) : hash_{seed} {
  while (stripes_.size() < rate_stripes) stripes_.emplace_back(seed);
}

// The tables look at the low bits of the hash.
address_rates::stripe& address_rates::stripe_of(ip_address const& key) {
  return stripes_[(hash_(key) >> 32U) % rate_stripes];
}

std::optional<admission_reason> address_rates::arrive(ip_address const& client, core_time now,
                                                      address_limits const& limits) {
  auto const key = counting_key(client);
  auto& in = stripe_of(key);
  std::scoped_lock const lock{in.mutex};
  auto& known = find(in, key, now, limits);
  if (!known.failures.has(minute, failures_of(limits))) return admission_reason::address_failures;
  if (!known.arrivals.has(1, arrivals_of(limits))) return admission_reason::address_rate;
  if (limits.connections_per_second != 0) known.arrivals.take(1);
  return std::nullopt;
}

// Those over the limit are not counted: what comes back of it is for the next honest attempt.
void address_rates::fail(ip_address const& client, core_time now, address_limits const& limits) {
  auto const key = counting_key(client);
  auto& in = stripe_of(key);
  std::scoped_lock const lock{in.mutex};
  auto& known = find(in, key, now, limits);
  if (limits.failures_per_minute != 0 && known.failures.has(minute, failures_of(limits))) {
    known.failures.take(minute);
  }
}

address_rates::entry& address_rates::find(stripe& in, ip_address const& key, core_time now,
                                          address_limits const& limits) {
  if (auto const known = in.entries.find(key); known != in.entries.end()) {
    known->second.arrivals.refill(now, arrivals_of(limits).per_second);
    known->second.failures.refill(now, failures_of(limits).per_second);
    return known->second;
  }
  tidy(in, now, limits);
  in.order.push_back(key);
  try {
    return in.entries.emplace(key, entry{token_bucket{now}, token_bucket{now}}).first->second;
  } catch (...) {
    in.order.pop_back();
    throw;
  }
}

// Of whom nothing is to be remembered goes, and the one looked at longest ago if there is no room.
void address_rates::tidy(stripe& in, core_time now, address_limits const& limits) {
  for (std::size_t looked = 0; looked < looked_at_per_entry && !in.order.empty(); ++looked) {
    auto const key = in.order.front();
    auto& oldest = in.entries.find(key)->second;
    oldest.arrivals.refill(now, arrivals_of(limits).per_second);
    oldest.failures.refill(now, failures_of(limits).per_second);
    auto const of_no_use = (oldest.arrivals.full() || limits.connections_per_second == 0) &&
                           (oldest.failures.full() || limits.failures_per_minute == 0);
    auto const no_room = in.entries.size() >= entries_max / rate_stripes;
    in.order.pop_front();
    if (of_no_use || no_room) {
      in.entries.erase(key);
    } else {
      in.order.push_back(key);
    }
  }
}

std::size_t address_rates::size() const {
  std::size_t sum = 0;
  for (auto const& in : stripes_) {
    std::scoped_lock const lock{in.mutex};
    sum += in.entries.size();
  }
  return sum;
}

}  // namespace waggle::net

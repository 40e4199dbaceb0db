// SPDX-License-Identifier: Apache-2.0
// How fast connections come from each client address, and how often their handshakes fail, over all
// cores. An address is kept for as long as that says something of it: seconds after it was last
// heard of. Any thread; each stripe names its mutex.
//
// Memory: about 130 bytes an address, of which entries_max are kept, whatever number an attacker
// has.
#pragma once

#include "protocol/ip_address.hpp"
#include "server/core/keyed_hash.hpp"
#include "server/core/token_bucket.hpp"
#include "server/session/admission_reason.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace waggle::net {

/// Of one address, as counting_key() has it. 0: no limit.
struct address_limits {
  std::uint32_t connections_max = 2'000;      // at the same time
  std::uint32_t connections_per_second = 50;  // new ones; four times as many at once
  std::uint32_t failures_per_minute = 120;    // of handshakes; as many at once

  bool operator==(address_limits const&) const = default;
};

class address_rates {
 public:
  static constexpr std::size_t entries_max = std::size_t{64} * 1024;

  /// @param seed  secret: clients choose their addresses within a network.
  explicit address_rates(hash_seed const& seed);
  address_rates(address_rates const&) = delete;
  address_rates& operator=(address_rates const&) = delete;

  /// A connection of `client` has come. O(1).
  /// @return which rate its address is over, if one.
  [[nodiscard]] std::optional<admission_reason> arrive(ip_address const& client, core_time now,
                                                       address_limits const& limits);
  /// Its handshake has failed. O(1).
  void fail(ip_address const& client, core_time now, address_limits const& limits);

  /// Addresses that are kept. O(stripes).
  [[nodiscard]] std::size_t size() const;

 private:
  struct entry {
    token_bucket arrivals;
    token_bucket failures;
  };
  struct key_hash {
    hash_seed seed;
    std::size_t operator()(ip_address const& key) const;
  };
  struct stripe {
    explicit stripe(hash_seed const& seed) : entries(0, key_hash{seed}) {}

    mutable std::mutex mutex;  // guards what follows
    std::unordered_map<ip_address, entry, key_hash> entries;
    std::deque<ip_address> order{};  // the keys of `entries`, those looked at last behind
  };

  [[nodiscard]] stripe& stripe_of(ip_address const& key);
  [[nodiscard]] static entry& find(stripe& in, ip_address const& key, core_time now,
                                   address_limits const& limits);
  static void tidy(stripe& in, core_time now, address_limits const& limits);

  key_hash hash_;
  std::deque<stripe> stripes_;  // never fewer or more than at the beginning
};

}  // namespace waggle::net

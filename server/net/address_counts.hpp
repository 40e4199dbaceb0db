// SPDX-License-Identifier: Apache-2.0
// How many connections each client address has, over all cores: whoever counts a connection holds a
// pass, and the count falls as the pass goes. Any thread; each stripe names its mutex.
#pragma once

#include "protocol/ip_address.hpp"
#include "server/core/keyed_hash.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace waggle::net {

class address_counts {
 public:
  class pass {
   public:
    pass() = default;
    pass(pass&& other) noexcept : of_(std::exchange(other.of_, nullptr)), key_(other.key_) {}
    pass& operator=(pass&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~pass() {
      if (of_ != nullptr) of_->leave(key_);
    }

   private:
    friend class address_counts;
    pass(address_counts* of, ip_address const& key) : of_(of), key_(key) {}

    address_counts* of_ = nullptr;
    ip_address key_{};
  };

  /// What all keys come to.
  struct summary {
    std::size_t addresses = 0;        // that have a connection
    std::size_t connections_max = 0;  // that one of them has
  };

  /// @param seed  secret: clients choose their addresses within a network.
  explicit address_counts(hash_seed const& seed);
  address_counts(address_counts const&) = delete;
  address_counts& operator=(address_counts const&) = delete;

  /// Counts one connection of `client` under its counting_key(). The table outlives the pass. O(1).
  [[nodiscard]] pass enter(ip_address const& client);

  /// Connections that are counted together with one from `client`. O(1).
  [[nodiscard]] std::size_t count(ip_address const& client) const;
  /// Connections of all addresses. O(1).
  [[nodiscard]] std::size_t inside() const { return inside_.load(std::memory_order_relaxed); }
  /// O(stripes).
  [[nodiscard]] summary total() const;

 private:
  struct key_hash {
    hash_seed seed;
    std::size_t operator()(ip_address const& key) const;
  };

  struct stripe {
    explicit stripe(hash_seed const& seed) : connections(0, key_hash{seed}) {}

    mutable std::mutex mutex;  // guards what follows
    std::unordered_map<ip_address, std::uint32_t, key_hash> connections;
    std::vector<std::uint32_t> keys_with{};  // [n]: keys that have n connections; n > 0
    std::size_t most = 0;                    // the greatest n with keys_with[n] > 0
  };

  void leave(ip_address const& key);
  [[nodiscard]] stripe& stripe_of(ip_address const& key);
  [[nodiscard]] stripe const& stripe_of(ip_address const& key) const;

  key_hash hash_;
  std::atomic<std::size_t> inside_{0};
  std::deque<stripe> stripes_;  // never fewer or more than at the beginning
};

}  // namespace waggle::net

// SPDX-License-Identifier: Apache-2.0
// Which swarms a tenant serves. An immutable snapshot: a reload makes a new one and every core
// swaps its pointer between two messages. Pure; read by the sessions of any core.
#pragma once

#include "protocol/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace waggle {

enum class access_mode : std::uint8_t {
  open,        // every swarm
  allow,       // only the listed swarms
  deny,        // every swarm but the listed
  registered,  // the listed ones, and those that a content book names
  token,       // what the client's token says
};

/// Info hashes, sorted, without duplicates: 20 bytes each, nothing to attack.
class info_hash_set {
 public:
  info_hash_set() = default;
  explicit info_hash_set(std::vector<info_hash> hashes);

  /// O(log size).
  [[nodiscard]] bool contains(info_hash const& which) const;
  [[nodiscard]] std::size_t size() const { return hashes_.size(); }

  bool operator==(info_hash_set const&) const = default;

 private:
  std::vector<info_hash> hashes_;
};

class access_policy {
 public:
  access_policy() = default;  // open
  /// @param listed  what the mode speaks of.
  /// @param denied  never served, whatever the mode.
  explicit access_policy(access_mode mode, std::vector<info_hash> listed = {},
                         std::vector<info_hash> denied = {})
      : mode_(mode), listed_(std::move(listed)), denied_(std::move(denied)) {}

  /// @param is_named  whether the tenant's content book names it.
  [[nodiscard]] bool allows(info_hash const& which, bool is_named = false) const;

  bool operator==(access_policy const&) const = default;

  [[nodiscard]] access_mode mode() const { return mode_; }
  [[nodiscard]] std::size_t listed() const { return listed_.size(); }
  [[nodiscard]] std::size_t denied() const { return denied_.size(); }

 private:
  access_mode mode_ = access_mode::open;
  info_hash_set listed_;
  info_hash_set denied_;
};

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// What one core knows of the shares that tenants have of the server. How much of a share is taken
// is counted over all cores, in numbers that each of them changes. Pure apart from these numbers.
#pragma once

#include "server/core/tenant_directory.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace waggle {

/// What a tenant has now, over all cores. Any thread.
struct tenant_usage {
  std::atomic<std::uint32_t> connections{0};
  std::atomic<std::uint32_t> swarms{0};
};

/// Adds one unless there are `most` already.
[[nodiscard]] inline bool take_one(std::atomic<std::uint32_t>& of, std::uint32_t most) {
  if (of.fetch_add(1, std::memory_order_relaxed) < most) return true;
  of.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

/// Where these numbers are. Any thread; a number stays where it is for as long as the ledger lives.
class tenant_ledger {
 public:
  tenant_ledger() = default;
  tenant_ledger(tenant_ledger const&) = delete;
  tenant_ledger& operator=(tenant_ledger const&) = delete;
  virtual ~tenant_ledger() = default;

  [[nodiscard]] virtual tenant_usage& of(tenant_id which) = 0;
};

class tenant_quota {
 public:
  /// @param ledger  null: nothing is counted, and there is no limit.
  explicit tenant_quota(tenant_ledger* ledger = nullptr) : ledger_(ledger) {}

  /// From now on these limits hold; nobody is put out.
  void use(std::shared_ptr<tenant_directory const> tenants) { tenants_ = std::move(tenants); }

  /// Whether the tenant may have one swarm more; if so, it has.
  [[nodiscard]] bool take_swarm(tenant_id whose) {
    return ledger_ == nullptr || take_one(usage_of(whose).swarms, limits_of(whose).swarms_max);
  }
  void give_swarm_back(tenant_id whose) {
    if (ledger_ != nullptr) usage_of(whose).swarms.fetch_sub(1, std::memory_order_relaxed);
  }

  /// Members that one swarm of the tenant may have.
  [[nodiscard]] std::uint32_t members_max(tenant_id whose) const {
    return limits_of(whose).members_max;
  }

 private:
  [[nodiscard]] tenant_limits const& limits_of(tenant_id whose) const {
    static tenant_limits const none;
    auto const* const policy = tenants_ ? tenants_->find(whose) : nullptr;
    return policy == nullptr ? none : policy->limits;
  }
  [[nodiscard]] tenant_usage& usage_of(tenant_id whose) {
    auto& known = usage_[whose];  // at most one a tenant that there was
    if (known == nullptr) known = &ledger_->of(whose);
    return *known;
  }

  tenant_ledger* ledger_;
  std::shared_ptr<tenant_directory const> tenants_;
  std::unordered_map<tenant_id, tenant_usage*> usage_;
};

}  // namespace waggle

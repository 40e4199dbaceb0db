// SPDX-License-Identifier: Apache-2.0
// The tenants that operators make while the server runs, beside those of the configuration: checked
// in the same way, written down in the store, taken into use at once. Control loop only.
#pragma once

#include "config/settings.hpp"
#include "server/audit_log.hpp"
#include "server/control/admin_view.hpp"
#include "server/storage/store.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace waggle {

struct tenants_options {
  std::size_t tenants_max = 1'000;          // made by operators
  std::function<storage::wall_time()> now;  // must be given
};

class tenants {
 public:
  struct made {
    tenant_settings settings;
    storage::tenant_record record;
  };
  using made_tenants = std::map<std::string, made>;  // by name

  /// Serves the clients of these, too.
  /// @throws std::runtime_error if that is not possible; nothing is changed then.
  using installation = std::function<void(made_tenants const&)>;

  /// @param store  outlives the tenants.
  tenants(tenants_options options, storage::store& store, installation install)
      : options_(std::move(options)),
        store_(store),
        audit_(store, options_.now),
        install_(std::move(install)) {}
  tenants(tenants const&) = delete;
  tenants& operator=(tenants const&) = delete;

  /// Takes over what the store has kept. What cannot be used any more is left out, and logged.
  void restore(storage::loaded const& kept);

  /// Makes a tenant, or makes it anew.
  /// @param configured  those of the configuration, which alone changes them.
  /// @return whether it is new.
  [[nodiscard]] admin_result<bool> put(tenant_wish const& wanted, settings const& configured,
                                       std::string_view by);
  [[nodiscard]] admin_result<void> remove(std::string const& name, settings const& configured,
                                          std::string_view by);

  [[nodiscard]] made_tenants const& all() const { return made_; }

 private:
  tenants_options options_;
  storage::store& store_;
  audit_log audit_;  // never the settings, which may have secrets
  installation install_;
  made_tenants made_;
};

/// The settings with the tenants that operators have made. One of the configuration wins over one
/// of theirs, and theirs never close the server to those who name no tenant.
[[nodiscard]] settings joined(settings configured, tenants::made_tenants const& made);

}  // namespace waggle

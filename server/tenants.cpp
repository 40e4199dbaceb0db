// SPDX-License-Identifier: Apache-2.0
#include "server/tenants.hpp"

#include "config/tenant_text.hpp"
#include "server/log.hpp"

#include <stdexcept>
#include <utility>

namespace waggle {

void tenants::restore(storage::loaded const& kept) {
  made_tenants good = made_;  // who was made before a store that was late could be read stays
  auto const leave_out = [](std::string const& name, std::string_view why) {
    log::control()->error("tenant of an operator not served name={} why=\"{}\"", name, why);
  };
  for (auto const& record : kept.tenants) {
    auto loaded = load_tenant(record.name, record.settings);
    if (loaded.problem.empty()) {
      good.emplace(record.name, made{std::move(loaded.values), record});
    } else {
      leave_out(record.name, loaded.problem);
    }
  }
  if (good.size() == made_.size()) return;
  try {
    install_(good);
    made_ = std::move(good);
  } catch (std::exception const&) {
    // One by one, to find those that cannot be served.
    for (auto& [name, one] : good) {
      if (made_.contains(name)) continue;
      auto more = made_;
      more.emplace(name, std::move(one));
      try {
        install_(more);
        made_ = std::move(more);
      } catch (std::exception const& why) {
        leave_out(name, why.what());
      }
    }
  }
}

admin_result<bool> tenants::put(tenant_wish const& wanted, settings const& configured,
                                std::string_view by) {
  auto const fail = [&](admin_error why) -> admin_result<bool> {
    audit_.note(by, "tenant.put", "tenant=" + wanted.name.substr(0, 63) + ": " + why.text,
                /*ok=*/false);
    return why;
  };
  if (configured.tenants.contains(wanted.name)) {
    return fail({admin_error::kind::refused, "this tenant is the configuration's"});
  }
  auto loaded = load_tenant(wanted.name, wanted.settings);
  if (!loaded.problem.empty()) {
    return fail({admin_error::kind::invalid, std::move(loaded.problem)});
  }
  auto more = made_;
  auto const known = more.contains(wanted.name);
  if (!known && more.size() >= options_.tenants_max) {
    return fail(
        {admin_error::kind::full,
         "operators have made " + std::to_string(options_.tenants_max) + " tenants already"});
  }
  storage::tenant_record record{.name = wanted.name,
                                .settings = wanted.settings,
                                .by = std::string{by},
                                .since = options_.now()};
  more.insert_or_assign(wanted.name, made{std::move(loaded.values), record});
  try {
    install_(more);
  } catch (std::runtime_error const& why) {
    return fail({admin_error::kind::invalid, why.what()});
  }
  made_ = std::move(more);
  storage::fact const set = std::move(record);
  store_.apply({&set, 1});
  audit_.note(by, "tenant.put", "tenant=" + wanted.name + (known ? " changed" : " made"),
              /*ok=*/true);
  return !known;
}

admin_result<void> tenants::remove(std::string const& name, settings const& configured,
                                   std::string_view by) {
  if (!made_.contains(name)) {
    auto const of_configuration = configured.tenants.contains(name);
    admin_error why{admin_error::kind::not_found, "there is no such tenant"};
    if (of_configuration) why = {admin_error::kind::refused, "this tenant is the configuration's"};
    audit_.note(by, "tenant.remove", "tenant=" + name.substr(0, 63) + ": " + why.text,
                /*ok=*/false);
    return why;
  }
  auto fewer = made_;
  fewer.erase(name);
  try {
    install_(fewer);
  } catch (std::runtime_error const& why) {
    audit_.note(by, "tenant.remove", "tenant=" + name + ": " + why.what(), /*ok=*/false);
    return admin_error{admin_error::kind::refused, why.what()};
  }
  made_ = std::move(fewer);
  storage::fact const gone = storage::tenant_removed{name};
  store_.apply({&gone, 1});
  audit_.note(by, "tenant.remove", "tenant=" + name, /*ok=*/true);
  return boost::system::in_place_value;
}

settings joined(settings configured, tenants::made_tenants const& made) {
  if (!made.empty() && configured.tenants.empty()) configured.access.unnamed = true;
  for (auto const& [name, one] : made) configured.tenants.emplace(name, one.settings);
  return configured;
}

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
#include "server/control/api/handlers.hpp"
#include "server/control/api/route.hpp"

namespace waggle::api {
namespace {

constexpr route_traits changes{.changes = true};
constexpr route_traits always{.without_admin = true};
constexpr route_traits open{.without_admin = true, .without_token = true};

// A table is read by its columns.
// clang-format off
constexpr route routes[] = {
  {http_method::get,     "/overview",                   show_overview, always},
  {http_method::get,     "/series",                     show_series},
  {http_method::get,     "/swarms",                     list_swarms},
  {http_method::get,     "/swarms/{info_hash}",         show_swarm},
  {http_method::put,     "/swarms/{info_hash}/watch",   watch_swarm, changes},
  {http_method::del,     "/swarms/{info_hash}/watch",   unwatch_swarm, changes},
  {http_method::get,     "/swarms/{info_hash}/events",  list_swarm_events},
  {http_method::get,     "/recorder",                   list_recorded},
  {http_method::get,     "/watched",                    list_watched},
  {http_method::get,     "/connections",                list_connections},
  {http_method::get,     "/clients",                    list_clients},
  {http_method::get,     "/refusals",                   list_refusals, always},
  {http_method::get,     "/bans",                       list_bans},
  {http_method::post,    "/bans",                       add_ban, changes},
  {http_method::del,     "/bans/{id}",                  lift_ban, changes},
  {http_method::get,     "/tenants",                    list_tenants},
  {http_method::get,     "/tenants/{name}",             show_tenant},
  {http_method::put,     "/tenants/{name}",             put_tenant, changes},
  {http_method::del,     "/tenants/{name}",             remove_tenant, changes},
  {http_method::post,    "/drain",                      drain, changes},
  {http_method::post,    "/reload",                     reload, changes},
  {http_method::get,     "/config",                     show_config},
  {http_method::get,     "/log/levels",                 show_log_levels},
  {http_method::put,     "/log/levels",                 set_log_level, changes},
  {http_method::get,     "/log",                        list_log, always},
  {http_method::get,     "/audit",                      list_audit},
  {http_method::get,     "/events",                     stream_events, always},
  {http_method::get,     "/openapi.json",               show_openapi, open},
};
// clang-format on

/// Whether `path` is of that form; `id` becomes what stands for its {...}.
bool fits(std::string_view form, std::string_view path, std::string_view& id) {
  auto const brace = form.find('{');
  if (brace == std::string_view::npos) return form == path;
  auto const before = form.substr(0, brace);
  auto const behind = form.substr(form.find('}') + 1);
  if (path.size() <= before.size() + behind.size()) return false;
  if (!path.starts_with(before) || !path.ends_with(behind)) return false;
  auto const segment = path.substr(before.size(), path.size() - before.size() - behind.size());
  if (segment.find('/') != std::string_view::npos) return false;
  id = segment;
  return true;
}

void allow(std::string& list, http_method method) {
  for (auto const name : {name_of(method), std::string_view{"HEAD"}}) {
    if (!list.empty()) list += ", ";
    list += name;
    if (method != http_method::get) break;
  }
}

}  // namespace

std::span<route const> route_table() {
  return routes;
}

route_match match_route(http_method method, std::string_view path) {
  route_match match;
  if (!path.starts_with(prefix)) return match;
  path.remove_prefix(prefix.size());
  auto const asked = method == http_method::head ? http_method::get : method;
  for (auto const& one : routes) {
    std::string_view id;
    if (!fits(one.path, path, id)) continue;
    if (one.method == asked) return {.found = &one, .id = id, .allow = {}};
    allow(match.allow, one.method);
  }
  return match;
}

}  // namespace waggle::api

// SPDX-License-Identifier: Apache-2.0
// The handlers of the admin API, by the file that has them. What they promise is written in
// openapi.json. Control loop only.
#pragma once

#include "server/control/api/context.hpp"
#include "server/control/http.hpp"
#include "server/net/types.hpp"

namespace waggle::api {

using answering = net::awaitable<http_answer>;

// overview.cpp
answering show_overview(context& with, call asked);
answering list_refusals(context& with, call asked);

// swarms.cpp
answering list_swarms(context& with, call asked);
answering show_swarm(context& with, call asked);

// recorder.cpp
answering watch_swarm(context& with, call asked);
answering unwatch_swarm(context& with, call asked);
answering list_watched(context& with, call asked);
answering list_swarm_events(context& with, call asked);
answering list_recorded(context& with, call asked);

// connections.cpp
answering list_connections(context& with, call asked);
answering list_clients(context& with, call asked);

// bans.cpp
answering list_bans(context& with, call asked);
answering add_ban(context& with, call asked);
answering lift_ban(context& with, call asked);

// tenants.cpp
answering list_tenants(context& with, call asked);
answering show_tenant(context& with, call asked);
answering put_tenant(context& with, call asked);
answering remove_tenant(context& with, call asked);

// operations.cpp
answering drain(context& with, call asked);
answering reload(context& with, call asked);
answering show_config(context& with, call asked);

// log.cpp
answering show_log_levels(context& with, call asked);
answering set_log_level(context& with, call asked);
answering list_log(context& with, call asked);

// history.cpp
answering show_series(context& with, call asked);
answering list_audit(context& with, call asked);

// events.cpp
answering stream_events(context& with, call asked);

// openapi.cpp
answering show_openapi(context& with, call asked);

}  // namespace waggle::api

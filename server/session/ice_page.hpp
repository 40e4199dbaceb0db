// SPDX-License-Identifier: Apache-2.0
// GET /ice: ICE servers with credentials for clients that do not speak the native protocol. There
// only where a TURN secret is set, and only for pages of an allowed origin and for holders of a
// token, since credentials cost the operator traffic. Pure.
#pragma once

#include "server/session/admission.hpp"
#include "server/session/native/ice_servers.hpp"
#include "server/session/web_request.hpp"

#include <optional>

namespace waggle {

/// Whether the path is /ice, or that of a tenant.
[[nodiscard]] bool is_ice_path(std::string_view path);

/// RTCConfiguration, or with `?format=matrix` what Matrix clients ask for (`/voip/turnServer`).
/// @param within_rate  whether this address has not asked too often.
/// @return nothing: there is no such page.
[[nodiscard]] std::optional<web_answer> answer_ice(web_request const& asked,
                                                   admission_rules const& rules,
                                                   ice_servers const& servers, bool within_rate);

}  // namespace waggle

// SPDX-License-Identifier: Apache-2.0
// From the settings, which only app/ sees whole, to the small options that each part understands.
#pragma once

#include "config/settings.hpp"
#include "server/control/certificate_keeper.hpp"
#include "server/core_loop.hpp"
#include "server/log.hpp"
#include "server/net/listener.hpp"

#include <vector>

namespace waggle {

/// One address to listen on.
struct listen_request {
  endpoint_setting where;
  net::entrance how{};
};

/// Everything the settings say of a core; its number, placement, seeds and TLS are for app to add.
/// @param cores  that share the budgets of the process.
[[nodiscard]] core_options core_options_from(settings const& from, std::size_t cores);

/// The public addresses, the plain ones first, in the order of the settings.
[[nodiscard]] std::vector<endpoint_setting> stun_endpoints_from(stun_settings const& from);
[[nodiscard]] net::share_limits stun_limits_from(stun_settings const& from);
[[nodiscard]] std::vector<listen_request> listen_requests_from(network_settings const& from);

/// The certificate's files; none where nobody listens for TLS.
[[nodiscard]] certificate_options certificate_options_from(settings const& from);

/// Whose word is taken for a client's address.
[[nodiscard]] proxy_trust proxy_trust_from(network_settings const& from);

[[nodiscard]] net::listen_options listen_options_from(settings const& from);
[[nodiscard]] log::log_options log_options_from(log_settings const& from);

}  // namespace waggle

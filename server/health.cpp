// SPDX-License-Identifier: Apache-2.0
#include "server/health.hpp"

#include "config/commands.hpp"
#include "server/control/health_query.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <ostream>

namespace waggle {
namespace {

bool address_is_given_outside_the_file(load_sources const& sources) {
  auto const in_environment = [](auto const& variable) {
    return variable.first == "WAGGLE_NETWORK_INTERNAL";
  };
  auto const in_flags = [](flag_value const& flag) { return flag.key == "network.internal"; };
  return std::any_of(sources.environment.begin(), sources.environment.end(), in_environment) ||
         std::any_of(sources.flags.begin(), sources.flags.end(), in_flags);
}

}  // namespace

int run_health(load_sources sources, health_request const& request, std::ostream& out,
               std::ostream& err) {
  if (address_is_given_outside_the_file(sources)) sources.file_path.reset();
  auto const loaded = load(sources);
  if (!loaded.ok()) {
    print_problems(loaded.problems, err);
    return exit_refused;
  }
  auto const& internal = loaded.values.network.internal;
  if (internal.port == 0) {
    err << "network.internal has port 0, which any free port may have become; give the one of the "
           "ready line by --internal\n";
    return exit_refused;
  }
  auto const answer =
      ask_health({.at = {net::asio::ip::make_address(internal.address), internal.port},
                  .target = request.live ? "/healthz" : "/readyz",
                  .timeout = request.timeout});
  (answer.healthy ? out : err) << answer.text << '\n';
  return answer.healthy ? exit_ok : exit_refused;
}

}  // namespace waggle

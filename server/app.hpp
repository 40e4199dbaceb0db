// SPDX-License-Identifier: Apache-2.0
// The composition root: settings in, a running server out. Builds top to bottom, tears down in
// reverse. Used by main() and by waggle-echo.
#pragma once

#include "config/load.hpp"
#include "config/settings.hpp"
#include "server/core_loop.hpp"

#include <iosfwd>
#include <optional>

namespace waggle {

/// What a program of the family makes of the same server.
struct app_profile {
  conversation_factory converse{};  // none: tracker clients
  bool internal_listener = true;
  std::optional<load_sources> sources{};  // of the settings: asked again by SIGHUP
};

/// Serves until SIGTERM or SIGINT. Prints the ready line to `out`, what is wrong to `err`.
/// @return the exit code: 0 after a signal, 1 if the server could not be started.
[[nodiscard]] int serve(settings const& with, app_profile const& profile, std::ostream& out,
                        std::ostream& err);

}  // namespace waggle
